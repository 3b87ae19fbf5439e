using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Relais.Simulators;

/// <summary>The control API under /_sim: JSON in, JSON out.</summary>
internal sealed class ControlEndpoints(Simulation simulation)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
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
        sim.MapGet("/outcomes", http => WriteAsync(http, Outcomes.Ranges.Select(pair => new { numbers = $"+1500555{pair.Key}00 … {pair.Key}99", pair.Value.Name, pair.Value.Meaning })));
        MapSettings(sim);
        MapActions(sim);
        new TelephonyControl(simulation).Map(sim);
    }

    private void MapSettings(RouteGroupBuilder sim)
    {
        sim.MapGet("/faults", http => WriteAsync(http, simulation.Faults));
        sim.MapPut("/faults", WithBody<FaultSettings>(given => simulation.Faults = given));
        sim.MapGet("/delivery", http => WriteAsync(http, simulation.Delivery));
        sim.MapPut("/delivery", WithBody<DeliverySettings>(given => simulation.Delivery = given));
        sim.MapGet("/replies", http => WriteAsync(http, simulation.Replies));
        sim.MapPut("/replies", WithBody<ReplySettings>(given => simulation.Replies = given));
        sim.MapPost("/senders", WithBody<SimulatedSender>(simulation.Add));
        sim.MapPost("/recipients", WithBody<RecipientOutcome>(given =>
        {
            simulation.Choice.Assign(given.Address, given.Outcome is null ? null : Outcomes.FindByName(given.Outcome) ?? throw new ArgumentException($"There is no outcome {given.Outcome}."));
            return given;
        }));
    }

    private void MapActions(RouteGroupBuilder sim)
    {
        sim.MapPost("/inbound", http => HandleAsync<InboundMessage>(http, async given => await simulation.Inbound.ReceiveAsync(given, http.RequestAborted)));
        sim.MapPost("/members", WithBody<Membership>(given =>
        {
            var account = given.AccountSid ?? simulation.Accounts.Accounts.First().Sid;
            simulation.Members.Join(account, given.Contact);
            return new { account, given.Contact };
        }));
        sim.MapPost("/clock", WithBody<ClockAdvance>(given =>
        {
            simulation.Clock.Advance(TimeSpan.FromSeconds(given.Seconds));
            simulation.Agenda.Wake();
            return new { now = simulation.Clock.Now };
        }));
        sim.MapPost("/reset", http =>
        {
            simulation.Reset();
            return WriteAsync(http, new { status = "ok" });
        });
    }

    internal static RequestDelegate WithBody<T>(Func<T, object?> act)
    {
        Task<object?> ActAsync(T given) => Task.FromResult(act(given));
        return http => HandleAsync<T>(http, ActAsync);
    }

    private static async Task HandleAsync<T>(HttpContext http, Func<T, Task<object?>> act)
    {
        try
        {
            var given = await http.Request.ReadFromJsonAsync<T>(s_json, http.RequestAborted) ?? throw new JsonException("A JSON object is expected.");
            await WriteAsync(http, await act(given));
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            await WriteAsync(http, new { error = e.Message });
        }
    }

    internal static Task WriteAsync(HttpContext http, object? value) => http.Response.WriteAsJsonAsync(value, s_json, http.RequestAborted);

    private sealed record RecipientOutcome(string Address, string? Outcome);

    private sealed record Membership(string Contact, string? AccountSid);

    private sealed record ClockAdvance(double Seconds);
}
