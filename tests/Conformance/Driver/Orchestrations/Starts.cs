using System.Diagnostics;
using Relais.Conformance.Json;
using static Relais.Conformance.Scenario;

namespace Relais.Conformance.Orchestrations;

internal static class Starts
{
    internal static readonly Scenario[] All =
    [
        Durable("startat", Later),
        Durable("startat.past", Past),
        Durable("startat.terminate", Terminated),
        Durable("startat.event", Event),
        Durable("parallel50", Parallel).Quietly(),
        Durable("nondeterminism", async app => Views.Lenient(await app.GoAsync("O_NonDet", null, 12))),
        Durable("orchestrator.yield", async app => Views.Lenient(await app.GoAsync("O_Yield", null, 12))),
        Durable("orchestrator.delay", async app => Views.Lenient(await app.GoAsync("O_Delay", null, 12))),
        Durable("client.name", async app => new Fields { ["~name"] = Views.Call(await app.ReadAsync("clientinfo")) }),
    ];

    private static async Task<object?> Later(App app)
    {
        var id = app.Id("later");
        var at = Stopwatch.GetTimestamp();
        var start = await app.StartAsync("O_One", 1, id, after: 4);
        await Clock.Seconds(1);
        var before = await app.MetaAsync(id);
        var last = (await app.CompletedAsync(id, 30))!;
        var took = Clock.Since(at);
        return new Fields
        {
            ["start"] = Views.Call(start),
            ["before"] = before?.Pick("status", "input", "running", "completed"),
            ["final"] = Views.Meta(last),
            ["waitedAtLeast3s"] = took >= 2.9,
            ["~waitedAtLeast4s"] = took >= 3.9,
            ["createdAtIsCallTime"] = (Clock.Time(last["updated"]) - Clock.Time(last["created"])).TotalSeconds > 2,
        };
    }

    private static async Task<object?> Past(App app)
    {
        var id = app.Id("past");
        await app.StartAsync("O_One", 1, id, after: -3600);
        return Views.Meta(await app.CompletedAsync(id, 20));
    }

    private static async Task<object?> Terminated(App app)
    {
        var id = app.Id("lterm");
        await app.StartAsync("O_One", 1, id, after: 5);
        await Clock.Seconds(0.5);
        var terminate = await app.TerminateAsync(id, "\"early\"");
        await Clock.Seconds(9);
        return new Fields { ["terminate"] = Views.Call(terminate), ["meta"] = Views.Meta(await app.MetaAsync(id)) };
    }

    private static async Task<object?> Event(App app)
    {
        var id = app.Id("levent");
        await app.StartAsync("O_Wait", null, id, after: 4);
        await Clock.Seconds(0.5);
        var raise = await app.RaiseAsync(id, "go", "early bird");
        var view = Views.Meta(await app.CompletedAsync(id, 12));
        await app.TerminateAsync(id);
        return new Fields { ["raise"] = Views.Call(raise), ["meta"] = view };
    }

    private static async Task<object?> Parallel(App app)
    {
        var prefix = app.Id("par50") + "-";
        var at = Stopwatch.GetTimestamp();
        var started = await app.ClientAsync("startmany/O_One/50", ("prefix", prefix));
        var metas = new List<Fields>();
        for (var i = 0; i < 50; i++)
        {
            metas.Add((await app.CompletedAsync($"{prefix}{i:00}", 90))!);
        }

        return new Fields
        {
            ["started"] = (started.Get("value") as List<object?>)?.Count ?? 0,
            ["statuses"] = metas.Select(meta => meta.Text("status")).Distinct().Order(StringComparer.Ordinal).ToList(),
            ["outputsMatch"] = metas.Index().All(meta => Equals(Views.Output(meta.Item["output"]), $"n{meta.Index}")),
            ["~seconds"] = (long)Math.Round(Clock.Since(at)),
        };
    }
}
