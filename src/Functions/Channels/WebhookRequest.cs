using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Relais.Platform.Http;

namespace Relais.Channels;

/// <summary>A webhook call as received: the raw bytes, and the parameters in order, repeats kept.</summary>
/// <param name="IsForm">The body is a form; otherwise its parameters are those of a flat JSON object.</param>
internal sealed record WebhookRequest(
    byte[] Body, IReadOnlyList<KeyValuePair<string, string>> Form, IReadOnlyList<KeyValuePair<string, string>> Query, bool IsForm)
{
    private const int MaxBody = 256 * 1024;
    private const int MaxParameters = 1000;

    public string? this[string name] => Form.Concat(Query).Where(pair => pair.Key == name).Select(pair => pair.Value).FirstOrDefault();

    /// <exception cref="BodyTooLargeException">The body is larger than any provider sends.</exception>
    /// <returns>Null when the form is malformed.</returns>
    public static async Task<WebhookRequest?> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        var body = await ReadBodyAsync(request.Body, ct);

        var query = QueryHelpers.ParseQuery(request.QueryString.Value)
            .SelectMany(pair => pair.Value.Select(value => KeyValuePair.Create(pair.Key, value ?? "")))
            .ToList();
        var isForm = request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) ?? false;
        return isForm ? ParseForm(body, query) : new WebhookRequest(body, ParseJson(body), query, IsForm: false);
    }

    /// <summary>For the store: one text per key, without what Postgres cannot keep.</summary>
    public string ToPayload()
    {
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in Form)
        {
            fields.TryAdd(Storable(key), Storable(value));
        }

        return JsonSerializer.Serialize(fields);
    }

    private static async Task<byte[]> ReadBodyAsync(Stream body, CancellationToken ct)
    {
        using var buffer = new MemoryStream();
        await using var bounded = new BoundedStream(body, MaxBody);
        await bounded.CopyToAsync(buffer, ct);
        return buffer.ToArray();
    }

    private static WebhookRequest? ParseForm(byte[] body, List<KeyValuePair<string, string>> query)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        try
        {
            using var reader = new FormReader(Encoding.UTF8.GetString(body)) { ValueCountLimit = MaxParameters, KeyLengthLimit = 2048, ValueLengthLimit = MaxBody };
            while (reader.ReadNextPair() is { } pair)
            {
                if (pairs.Count >= MaxParameters)
                {
                    return null;
                }

                pairs.Add(pair);
            }
        }
        catch (InvalidDataException)
        {
            return null;
        }

        return new WebhookRequest(body, pairs, query, IsForm: true);
    }

    // a flat JSON object is read like a form; anything else carries no parameters
    private static List<KeyValuePair<string, string>> ParseJson(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind is not JsonValueKind.Object
                ? []
                : [.. json.RootElement.EnumerateObject().Select(field => KeyValuePair.Create(
                    field.Name, field.Value.ValueKind == JsonValueKind.String ? field.Value.GetString()! : field.Value.GetRawText()))];
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return [];
        }
    }

    private static string Storable(string text)
    {
        if (!text.Contains('\0') && !text.Any(char.IsSurrogate))
        {
            return text;
        }

        // lone surrogates become U+FFFD on the way through UTF-8
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Replace('\0', '\uFFFD')));
    }
}
