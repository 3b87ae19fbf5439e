using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Relais.Simulators;

/// <summary>An error that the API answers with.</summary>
/// <param name="Code">Twilio error code</param>
/// <param name="Status">HTTP status</param>
internal sealed record TwilioFault(int Code, int Status, string Message)
{
    private static readonly JsonSerializerOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TwilioFault Unauthorized { get; } = new(20003, 401, "Authenticate");

    public static TwilioFault Busy { get; } = new(20429, 429, "Too Many Requests");

    public static TwilioFault Internal { get; } = new(20500, 500, "Internal server error");

    public static TwilioFault NotFound(string path) => new(20404, 404, $"The requested resource {path} was not found");

    public static TwilioFault BadRequest(int code, string message) => new(code, 400, message);

    public Task WriteAsync(HttpContext http)
    {
        http.Response.StatusCode = Status;
        http.Response.ContentType = "application/json";
        if (Status == 401)
        {
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"Twilio API\"";
        }

        var body = new { code = Code, message = Message, more_info = $"https://www.twilio.com/docs/errors/{Code}", status = Status };
        return http.Response.WriteAsync(JsonSerializer.Serialize(body, JsonOptions), http.RequestAborted);
    }
}
