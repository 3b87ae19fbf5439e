using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Relais.Simulators;

/// <summary>The answer of a REST operation: a JSON body, an empty 204, or a Twilio error.</summary>
internal sealed record RestAnswer(int Status, object? Body, TwilioFault? Fault = null)
{
    private static readonly JsonSerializerOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static RestAnswer NoContent { get; } = new(StatusCodes.Status204NoContent, null);

    public static RestAnswer Ok(object body) => new(StatusCodes.Status200OK, body);

    public static RestAnswer Created(object body) => new(StatusCodes.Status201Created, body);

    public static RestAnswer Accepted(object body) => new(StatusCodes.Status202Accepted, body);

    public static implicit operator RestAnswer(TwilioFault fault) => new(fault.Status, null, fault);

    public Task WriteAsync(HttpContext http)
    {
        if (Fault is not null)
        {
            return Fault.WriteAsync(http);
        }

        http.Response.StatusCode = Status;
        return Body is null
            ? Task.CompletedTask
            : http.Response.WriteAsJsonAsync(Body, JsonOptions, "application/json", http.RequestAborted);
    }
}
