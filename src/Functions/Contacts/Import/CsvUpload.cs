using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Relais.Platform;
using Relais.Platform.Http;

namespace Relais.Contacts.Import;

/// <summary>The file of a request, as its body or as the one file of a form; and what is asked to be done with it.</summary>
internal static class CsvUpload
{
    public const int Limit = 25 * 1024 * 1024;

    private static readonly string[] CsvTypes = ["text/csv", "application/csv"];

    public static async Task<Result<ImportContacts.Input>> FromAsync(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentLength > Limit)
        {
            return JsonBody.TooLarge(Limit);
        }

        var (faults, tag, dryRun) = Query(request.Query);
        if (faults.Count > 0)
        {
            return new Failure(FailureKind.Invalid, "invalid_query", "The query has faults.", faults);
        }

        var media = MediaTypeHeaderValue.TryParse(request.ContentType, out var parsed) ? parsed : null;
        if (request.HasFormContentType && media?.MediaType == "multipart/form-data")
        {
            return await FromFormAsync(request, tag, dryRun, ct);
        }

        var isUtf8 = media?.Charset.HasValue != true || media.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase);
        return media is not null && CsvTypes.Contains(media.MediaType.Value, StringComparer.OrdinalIgnoreCase) && isUtf8
            ? new ImportContacts.Input(new BoundedStream(request.Body, Limit), "", tag, dryRun)
            : new Failure(FailureKind.WrongMediaType, "unsupported_media_type", "Send the file as text/csv in UTF-8, or as the file of a multipart/form-data body.");
    }

    private static (Dictionary<string, string[]> Faults, string? Tag, bool DryRun) Query(IQueryCollection query)
    {
        var faults = new Dictionary<string, string[]>();
        var tag = query["tag"].LastOrDefault()?.Trim();
        if (tag is { Length: 0 or > ContactDraft.LongestTag })
        {
            faults.Add("tag", [$"must have 1 to {ContactDraft.LongestTag} characters"]);
        }

        var dryRun = QueryFlag.Read(query, "dryRun", faults);
        return (faults, tag, dryRun);
    }

    private static async Task<Result<ImportContacts.Input>> FromFormAsync(HttpRequest request, string? tag, bool dryRun, CancellationToken ct)
    {
        try
        {
            var form = await request.ReadFormAsync(new FormOptions { MultipartBodyLengthLimit = Limit }, ct);
            return form.Files is [var file]
                ? new ImportContacts.Input(file.OpenReadStream(), FileName(file.FileName), tag, dryRun)
                : new Failure(FailureKind.Invalid, "invalid_body", "The form must have exactly one file.");
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException or (IOException and not (BadHttpRequestException or ConnectionResetException)))
        {
            // NotSupportedException: a part in an encoding that the platform knows and refuses, such as UTF-7
            return new Failure(FailureKind.Invalid, "invalid_body", "The form could not be read.");
        }
    }

    private static string FileName(string given) => Path.GetFileName(given).Replace("\0", "", StringComparison.Ordinal) is var name && name.Length > 200 ? name[^200..] : name;
}
