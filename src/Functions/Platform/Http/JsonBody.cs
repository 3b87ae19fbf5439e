using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace Relais.Platform.Http;

/// <summary>Reads a JSON request body. It rejects unknown properties, and reports every fault with its path.</summary>
internal static class JsonBody
{
    /// <summary>Bytes.</summary>
    public const int DefaultLimit = 1024 * 1024;

    private static readonly JsonDocumentOptions DocumentOptions = new()
    {
        MaxDepth = Json.Options.MaxDepth,
        AllowDuplicateProperties = false,
    };

    public static async Task<Result<T>> ReadAsync<T>(HttpRequest request, CancellationToken ct, int limit = DefaultLimit)
    {
        if (!request.HasJsonContentType())
        {
            return new Failure(FailureKind.WrongMediaType, "unsupported_media_type", "Send the body as application/json.");
        }

        var body = await RequestBody.ReadAsync(request, limit, ct);
        return body.Match(Parse<T>, failure => failure);
    }

    public static Result<T> Parse<T>(byte[] body)
    {
        if (!Utf8.IsValid(body))
        {
            return Unreadable("is not valid UTF-8");
        }

        try
        {
            using var document = JsonDocument.Parse(WithoutByteOrderMark(body), DocumentOptions);
            var faults = StrictJson.Faults(document.RootElement, typeof(T));
            return faults.Count == 0
                ? document.RootElement.Deserialize<T>(Json.Options)!
                : Failure.InvalidBody(faults);
        }
        catch (JsonException e)
        {
            var place = e.LineNumber is { } line ? $" at line {line + 1}, byte {e.BytePositionInLine + 1}" : "";
            return Unreadable($"is not valid JSON{place}");
        }
        catch (InvalidOperationException)
        {
            // A property name contains half of a surrogate pair.
            return Unreadable("has a property whose name is not valid Unicode");
        }
    }

    private static Failure Unreadable(string fault) =>
        new(FailureKind.Invalid, "invalid_json", "The body is not valid JSON.", new Dictionary<string, string[]> { ["$"] = [fault] });

    private static ReadOnlyMemory<byte> WithoutByteOrderMark(byte[] body) =>
        body is [0xEF, 0xBB, 0xBF, ..] ? body.AsMemory(3) : body;
}
