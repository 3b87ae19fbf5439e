using Microsoft.AspNetCore.Http;

namespace Relais.Simulators;

/// <summary>Ends a request without a Twilio answer: with the error page of a proxy, or with a cut connection.</summary>
internal static class DroppedResponse
{
    private const string ProxyPage =
        "<html><head><title>503 Service Temporarily Unavailable</title></head>" +
        "<body><center><h1>503 Service Temporarily Unavailable</h1></center></body></html>";

    /// <summary>Answers 503 with the HTML page of a proxy in front of Twilio.</summary>
    public static Task WriteProxyPageAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        http.Response.ContentType = "text/html";
        return http.Response.WriteAsync(ProxyPage);
    }

    /// <summary>Cuts the connection without an answer.</summary>
    /// <param name="holdFirst">true: first keep the request open for <see cref="FaultSettings.HoldForMs"/>, like a hanging server</param>
    public static async Task DropConnectionAsync(Simulation simulation, HttpContext http, bool holdFirst)
    {
        if (holdFirst)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, simulation.Stopping);
            await Task.Delay(TimeSpan.FromMilliseconds(simulation.Faults.HoldForMs), simulation.Options.Time, stop.Token);
        }

        http.Abort();
    }
}
