using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Relais.Platform;
using Relais.Platform.Http;

namespace Relais.Contacts.Import;

/// <summary>Reads an import request: the file, which is the body or the only file of a form, and the options in the query.</summary>
internal static class CsvUpload
{
    public const int Limit = 25 * 1024 * 1024;

    private const int MaxTitleLength = 300;
    private const int MaxFileNameLength = 200;
    private const string SupportedMediaTypes =
        "Send the file as text/csv in UTF-8, UTF-16 or Windows-1252, or as the file of a multipart/form-data body.";

    private static readonly string[] CsvTypes = ["text/csv", "application/csv"];

    public static async Task<Result<ImportContacts.Input>> FromAsync(HttpRequest request, CancellationToken ct)
    {
        if (RequestBody.CheckLength(request, Limit) is { } tooLarge)
        {
            return tooLarge;
        }

        var query = Query(request.Query);
        if (query.Failure is not null)
        {
            return query.Failure;
        }

        var media = MediaTypeHeaderValue.TryParse(request.ContentType, out var parsed) ? parsed : null;
        if (request.HasFormContentType && media?.MediaType == "multipart/form-data")
        {
            return await FromFormAsync(request, query.Value, ct);
        }

        var charset = ReadCharset(media);
        return media is not null && CsvTypes.Contains(media.MediaType.Value, StringComparer.OrdinalIgnoreCase)
            && (charset is null || FileEncoding.CanRead(charset))
            ? query.Value with { File = request.Body, Charset = charset }
            : new Failure(FailureKind.WrongMediaType, "unsupported_media_type", SupportedMediaTypes);
    }

    private static Result<ImportContacts.Input> Query(IQueryCollection query)
    {
        var faults = new Dictionary<string, string[]>();
        var tag = query["tag"].LastOrDefault()?.Trim();
        if (tag is { Length: 0 or > ContactDraft.MaxTagLength } || tag?.Any(char.IsControl) == true)
        {
            faults.Add("tag", [$"must have 1 to {ContactDraft.MaxTagLength} characters, none of them a control character"]);
        }

        var phoneColumn = query["phoneColumn"].LastOrDefault()?.Trim();
        if (phoneColumn is { Length: 0 or > MaxTitleLength })
        {
            faults.Add("phoneColumn", [$"must have 1 to {MaxTitleLength} characters"]);
        }

        var dryRun = QueryFlag.Read(query, "dryRun", faults);
        return faults.Count == 0
            ? new ImportContacts.Input(Stream.Null, "", tag, dryRun, phoneColumn)
            : Failure.InvalidQuery(faults);
    }

    private static async Task<Result<ImportContacts.Input>> FromFormAsync(
        HttpRequest request, ImportContacts.Input query, CancellationToken ct)
    {
        try
        {
            request.Body = RequestBody.WithLimit(request.Body, Limit);
            var form = await request.ReadFormAsync(new FormOptions { MultipartBodyLengthLimit = Limit }, ct);
            if (form.Files is not [var file])
            {
                return new Failure(FailureKind.Invalid, "invalid_body", "The form must have exactly one file.");
            }

            var charset = ReadCharset(MediaTypeHeaderValue.TryParse(file.ContentType, out var media) ? media : null);
            return charset is null || FileEncoding.CanRead(charset)
                ? query with { File = file.OpenReadStream(), FileName = FileName(file.FileName), Charset = charset }
                : new Failure(FailureKind.WrongMediaType, "unsupported_media_type", SupportedMediaTypes);
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException
            or (IOException and not (BadHttpRequestException or ConnectionResetException or BodyTooLargeException)))
        {
            // NotSupportedException: a part has an encoding that .NET refuses, such as UTF-7.
            return new Failure(FailureKind.Invalid, "invalid_body", "The form could not be read.");
        }
    }

    private static string? ReadCharset(MediaTypeHeaderValue? media) =>
        media?.Charset.Value?.Trim('"') is { Length: > 0 } charset ? charset : null;

    /// <summary>
    /// Shortens a long name to its end, which has the extension. Removes half of a surrogate pair, which the database cannot store.
    /// </summary>
    private static string FileName(string path)
    {
        var name = Path.GetFileName(path).Replace("\0", "", StringComparison.Ordinal);
        name = name.Length > MaxFileNameLength ? name[^MaxFileNameLength..] : name;
        return name.Length > 0 && char.IsLowSurrogate(name[0]) ? name[1..] : name;
    }
}
