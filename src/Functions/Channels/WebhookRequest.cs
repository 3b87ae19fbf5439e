using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Relais.Platform;
using Relais.Platform.Http;

namespace Relais.Channels;

/// <summary>
/// A webhook call as received. Keeps the raw bytes, and all parameters in their order, repeated ones too: the signature covers them.
/// </summary>
/// <param name="Form">The parameters of the body.</param>
/// <param name="IsForm">True: the body is a form. False: the parameters are the fields of a flat JSON object, if the body is one.</param>
internal sealed record WebhookRequest(
    byte[] Body, IReadOnlyList<KeyValuePair<string, string>> Form, IReadOnlyList<KeyValuePair<string, string>> Query, bool IsForm)
{
    private const int MaxBody = 256 * 1024;
    private const int MaxParameters = 1000;
    private static readonly Failure MalformedForm = new(FailureKind.Invalid, "malformed_form", "The form could not be read.");

    /// <summary>The first value of a parameter, in the body or else in the query; null: there is none.</summary>
    public string? this[string name] => Form.Concat(Query).Where(pair => pair.Key == name).Select(pair => pair.Value).FirstOrDefault();

    /// <returns>The call; a failure if the body is larger than any provider sends, or is a malformed form.</returns>
    public static async Task<Result<WebhookRequest>> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        var body = await RequestBody.ReadAsync(request, MaxBody, ct);
        return body.Match(bytes => Parse(request, bytes), failure => failure);
    }

    private static Result<WebhookRequest> Parse(HttpRequest request, byte[] body)
    {
        var query = QueryHelpers.ParseQuery(request.QueryString.Value)
            .SelectMany(pair => pair.Value.Select(value => KeyValuePair.Create(pair.Key, value ?? "")))
            .ToList();
        var isForm = request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) ?? false;
        return isForm ? ParseForm(body, query) : new WebhookRequest(body, ParseJson(body), query, IsForm: false);
    }

    /// <summary>
    /// The parameters of the body as JSON for the database: the first value of each parameter, without characters that PostgreSQL cannot
    /// store.
    /// </summary>
    public string ToPayload()
    {
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in Form)
        {
            fields.TryAdd(Storable(key), Storable(value));
        }

        return JsonSerializer.Serialize(fields);
    }

    private static Result<WebhookRequest> ParseForm(byte[] body, List<KeyValuePair<string, string>> query)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        try
        {
            using var reader = new FormReader(Encoding.UTF8.GetString(body))
            {
                ValueCountLimit = MaxParameters,
                KeyLengthLimit = 2048,
                ValueLengthLimit = MaxBody,
            };
            while (reader.ReadNextPair() is { } pair)
            {
                if (pairs.Count >= MaxParameters)
                {
                    return MalformedForm;
                }

                pairs.Add(pair);
            }
        }
        catch (InvalidDataException)
        {
            return MalformedForm;
        }

        return new WebhookRequest(body, pairs, query, IsForm: true);
    }

    // A flat JSON object is read like a form. Any other body has no parameters.
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

    // Encoding to UTF-8 and back replaces unpaired surrogates by U+FFFD.
    private static string Storable(string text) => text.Contains('\0') || text.Any(char.IsSurrogate)
        ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Replace('\0', '\uFFFD')))
        : text;
}
