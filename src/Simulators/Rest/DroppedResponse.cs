using Microsoft.AspNetCore.Http;

namespace Relais.Simulators;

/// <summary>Answers that are none.</summary>
internal static class DroppedResponse
{
    private const string ProxyPage = "<html><head><title>503 Service Temporarily Unavailable</title></head><body><center><h1>503 Service Temporarily Unavailable</h1></center></body></html>";

    /// <summary>What a proxy in front of Twilio says.</summary>
    public static Task WriteProxyPageAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        http.Response.ContentType = "text/html";
        return http.Response.WriteAsync(ProxyPage);
    }

    /// <summary>Cuts the connection, at once or after the time that a hanging request is held.</summary>
    public static async Task DropConnectionAsync(Simulation simulation, HttpContext http, bool holdFirst)
    {
        if (holdFirst)
        {
            using var both = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, simulation.Stopping);
            await Task.Delay(TimeSpan.FromMilliseconds(simulation.Faults.HoldForMs), simulation.Options.Time, both.Token);
        }

        http.Abort();
    }
}
