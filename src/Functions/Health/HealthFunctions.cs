using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Relais.Access;
using Relais.Platform.Http;

namespace Relais.Health;

internal sealed class HealthFunctions(CheckReadiness readiness)
{
    [Function(nameof(HealthLive))]
    [Public("a probe has no credential", IsLimited = true)]
    [Describe("Reports that the process is running.", Response = typeof(LiveView))]
    public static IResult HealthLive([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/live")] HttpRequest request) =>
        HttpResponses.Ok(new LiveView("alive"));

    [Function(nameof(HealthReady))]
    [Public("a probe has no credential", IsLimited = true)]
    [Describe(
        "Reports whether database and storage answer within two seconds; 503 if one of them does not.",
        Response = typeof(ReadyView), Unavailable = typeof(ReadyView))]
    public async Task<IResult> HealthReady(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/ready")] HttpRequest request)
    {
        var view = await readiness.RunAsync().WaitAsync(request.HttpContext.RequestAborted);
        var statusCode = view.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return Results.Json(view, Json.Options, statusCode: statusCode);
    }
}
