using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Relais.Simulators;

/// <summary>The endpoints of the control API under /_sim, whose requests and answers are JSON.</summary>
internal sealed class ControlEndpoints(Simulation simulation)
{
    private static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public void Map(IEndpointRouteBuilder app)
    {
        var sim = app.MapGroup("/_sim");
        sim.MapGet("/health", http => WriteAsync(http, new { status = "ok" }));
        sim.MapGet("/report", http => WriteAsync(http, ReportWriter.Write(simulation, PaceQuery.Read(http.Request.Query))));
        sim.MapGet("/overview", http => WriteAsync(http, Overview.Create(simulation)));
        sim.MapGet("/messages", http => WriteAsync(http, Overview.Messages(simulation, http.Request.Query)));
        sim.MapGet("/outcomes", http => WriteAsync(http, Outcomes.Ranges.Select(pair => new
        {
            numbers = $"+1500555{pair.Key}00 … {pair.Key}99",
            pair.Value.Name,
            pair.Value.Meaning,
        })));
        MapSettings(sim);
        MapActions(sim);
        new TelephonyControl(simulation).Map(sim);
    }

    private void MapSettings(RouteGroupBuilder sim)
    {
        sim.MapGet("/faults", http => WriteAsync(http, simulation.Faults));
        sim.MapPut("/faults", WithBody<FaultSettings>(settings => simulation.Faults = settings));
        sim.MapGet("/delivery", http => WriteAsync(http, simulation.DeliverySettings));
        sim.MapPut("/delivery", WithBody<DeliverySettings>(settings => simulation.DeliverySettings = settings));
        sim.MapGet("/replies", http => WriteAsync(http, simulation.Replies));
        sim.MapPut("/replies", WithBody<ReplySettings>(settings => simulation.Replies = settings));
        sim.MapPost("/senders", WithBody<SimulatedSender>(simulation.Add));
        sim.MapPost("/recipients", WithBody<RecipientOutcome>(body =>
        {
            var outcome = body.Outcome is null
                ? null
                : Outcomes.FindByName(body.Outcome) ?? throw new ArgumentException($"There is no outcome {body.Outcome}.");
            simulation.OutcomeSelector.Assign(body.Address, outcome);
            return body;
        }));
    }

    private void MapActions(RouteGroupBuilder sim)
    {
        sim.MapPost("/inbound", http => HandleAsync<InboundMessage>(
            http, async inbound => await simulation.Inbound.ReceiveAsync(inbound, http.RequestAborted)));
        sim.MapPost("/members", WithBody<Membership>(body =>
        {
            var account = body.AccountSid ?? simulation.Accounts.Accounts.First().Sid;
            simulation.SandboxMembers.Join(account, body.Contact);
            return new { account, body.Contact };
        }));
        sim.MapPost("/clock", WithBody<ClockAdvance>(body =>
        {
            simulation.Clock.Advance(TimeSpan.FromSeconds(body.Seconds));
            simulation.Scheduler.Wake();
            return new { now = simulation.Clock.Now };
        }));
        sim.MapPost("/reset", http =>
        {
            simulation.Reset();
            return WriteAsync(http, new { status = "ok" });
        });
    }

    /// <summary>Reads the JSON body, applies it, and answers with the result, or with 400 when the body is not valid.</summary>
    internal static RequestDelegate WithBody<T>(Func<T, object?> act)
    {
        Task<object?> ActAsync(T body) => Task.FromResult(act(body));
        return http => HandleAsync<T>(http, ActAsync);
    }

    private static async Task HandleAsync<T>(HttpContext http, Func<T, Task<object?>> act)
    {
        try
        {
            var body = await http.Request.ReadFromJsonAsync<T>(JsonOptions, http.RequestAborted)
                ?? throw new JsonException("A JSON object is expected.");
            await WriteAsync(http, await act(body));
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            await WriteAsync(http, new { error = e.Message });
        }
    }

    internal static Task WriteAsync(HttpContext http, object? value) =>
        http.Response.WriteAsJsonAsync(value, JsonOptions, http.RequestAborted);

    private sealed record RecipientOutcome(string Address, string? Outcome);

    private sealed record Membership(string Contact, string? AccountSid);

    private sealed record ClockAdvance(double Seconds);
}
