using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Relais.Simulators;

/// <summary>Reads and validates the JSON body that creates or changes a WhatsApp sender.</summary>
internal static class SenderRequest
{
    private static readonly Dictionary<string, int> MaxLengths = new(StringComparer.Ordinal)
    {
        ["name"] = 512,
        ["about"] = 139,
        ["address"] = 256,
        ["description"] = 512,
        ["vertical"] = 128,
        ["logo_url"] = 2048,
    };

    private static readonly string[] UrlFields = ["callback_url", "fallback_url", "status_callback_url"];
    private static readonly string[] MethodFields = ["callback_method", "fallback_method"];

    /// <returns>the body, or the error to answer with; exactly one of the two is null</returns>
    public static async Task<(JsonObject? Body, TwilioFault? Fault)> ReadAsync(HttpContext http)
    {
        if (!http.Request.HasJsonContentType())
        {
            return (null, new TwilioFault(20415, StatusCodes.Status415UnsupportedMediaType, "Unsupported Media Type"));
        }

        try
        {
            return await JsonNode.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted) is JsonObject body
                ? Validate(body) is { } fault ? (null, Invalid(fault)) : (body, null)
                : (null, Invalid("A JSON object is expected"));
        }
        catch (JsonException)
        {
            return (null, Invalid("The body is not JSON"));
        }
    }

    private static string? Validate(JsonObject body)
    {
        var profile = body["profile"] as JsonObject ?? [];
        var webhook = body["webhook"] as JsonObject ?? [];
        return MaxLengths.Where(pair => profile.ContainsKey(pair.Key) && Text(profile, pair.Key)?.Length > pair.Value)
                .Select(pair => $"profile.{pair.Key} is too long")
                .FirstOrDefault()
            ?? (profile.ContainsKey("name") && string.IsNullOrWhiteSpace(Text(profile, "name")) ? "profile.name is empty" : null)
            ?? (Text(profile, "logo_url") is { Length: > 0 } logo && !IsUrl(logo) ? "profile.logo_url is not a URL" : null)
            ?? (profile["websites"] is JsonArray { Count: > 2 } ? "profile.websites has more than two entries" : null)
            ?? UrlFields.Where(name => Text(webhook, name) is { Length: > 0 } url && !IsUrl(url))
                .Select(name => $"webhook.{name} is not a URL")
                .FirstOrDefault()
            ?? MethodFields.Where(name => Text(webhook, name) is { } method && method is not ("POST" or "PUT"))
                .Select(name => $"webhook.{name} is neither POST nor PUT")
                .FirstOrDefault();
    }

    private static string? Text(JsonObject parent, string name) =>
        parent[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static bool IsUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https";

    private static TwilioFault Invalid(string message) => TwilioFault.BadRequest(20422, message);
}
