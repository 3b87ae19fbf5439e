using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Relais.Access;
using Relais.Platform.Http;

namespace Relais.Health;

internal sealed class HealthFunctions(CheckReadiness readiness)
{
    [Function(nameof(HealthLive))]
    [Public("a probe has no credential", IsLimited = true)]
    [Describe("The process answers.", Response = typeof(LiveView))]
    public static IResult HealthLive([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/live")] HttpRequest request) =>
        HttpAnswers.Ok(new LiveView("alive"));

    [Function(nameof(HealthReady))]
    [Public("a probe has no credential", IsLimited = true)]
    [Describe("Database and storage answer; 503 where one does not within two seconds.", Response = typeof(ReadyView), Unavailable = typeof(ReadyView))]
    public async Task<IResult> HealthReady([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/ready")] HttpRequest request)
    {
        var ready = await readiness.RunAsync().WaitAsync(request.HttpContext.RequestAborted);
        return Results.Json(ready, Json.Options, statusCode: ready.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
