using Relais.Conformance.Json;
using static Relais.Conformance.Orchestrations.Basics;
using static Relais.Conformance.Scenario;

namespace Relais.Conformance.Orchestrations;

/// <summary>Orchestrations that continue as new.</summary>
internal static class Generations
{
    internal static readonly Scenario[] All =
    [
        Durable("can.counter", Counter),
        Durable("can.events.preserve-true", app => Events(app, preserve: true)),
        Durable("can.events.preserve-false", app => Events(app, preserve: false)),
        Run("can.default", "O_CanDefault", First(true)),
        Run("can.sub", "O_CanSub"),
        Durable("can.status", Status),
    ];

    private static Fields First(bool preserve) => new() { ["Gen"] = 0, ["Preserve"] = preserve, ["Got"] = Array.Empty<object?>() };

    private static async Task<object?> Counter(App app)
    {
        var id = app.Id("can");
        await app.StartAsync("O_CanCounter", First(true), id);
        var meta = (await app.CompletedAsync(id))!;
        var items = (await app.RecordedAsync("can:" + id)).Cast<Fields>().ToList();
        return new Fields
        {
            ["meta"] = Views.Meta(meta),
            ["input"] = Views.Output(meta["input"]),
            ["gens"] = items.Select(item => item["gen"]).Distinct().Order().ToList(),
            ["sameId"] = items.Select(item => item.Text("id") == id).Distinct().Order().ToList(),
            ["replayingFlags"] = items.Select(item => item["replaying"]).ToList(),
        };
    }

    private static async Task<object?> Events(App app, bool preserve)
    {
        var id = app.Id($"canev-{preserve}");
        await app.StartAsync("O_CanEvents", First(preserve), id);
        await app.RunningAsync(id);
        foreach (var payload in (string[])["e1", "e2", "e3"])
        {
            await app.RaiseAsync(id, "e", payload);
        }

        return Views.Meta(await app.CompletedAsync(id));
    }

    private static async Task<object?> Status(App app)
    {
        var id = app.Id("canst");
        await app.StartAsync("O_CanWaitForever", 0, id);
        var created = (await app.UntilAsync(id, meta => meta.Text("custom") == "\"gen0\""))!.Text("created");
        var seen = new List<Fields>();
        for (var generation = 1; generation <= 2; generation++)
        {
            await Clock.Seconds(1);
            await app.RaiseAsync(id, "step", "more");
            var awaited = $"\"gen{generation}\"";
            var meta = (await app.UntilAsync(id, meta => meta.Text("custom") == awaited))!;
            var view = meta.Pick("status", "custom", "input");
            view["createdAdvanced"] = string.CompareOrdinal(meta.Text("created"), created) > 0;
            seen.Add(view);
            created = meta.Text("created");
        }

        await app.RaiseAsync(id, "step", "stop");
        return new Fields { ["seen"] = seen, ["final"] = Views.Meta(await app.CompletedAsync(id)) };
    }
}
