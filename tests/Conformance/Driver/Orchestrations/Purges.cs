using Relais.Conformance.Json;
using static Relais.Conformance.Scenario;

namespace Relais.Conformance.Orchestrations;

internal static class Purges
{
    internal static readonly Scenario[] All =
    [
        Durable("purge", Purge),
        Durable("purge.running", Running),
        Durable("purge.parent", Parent),
        Durable("purge.filter", Filter).Quietly(),
    ];

    private static async Task<object?> Purge(App app)
    {
        var id = app.Id("purge");
        await app.StartAsync("O_One", 1, id);
        await app.CompletedAsync(id);
        return new Fields
        {
            ["purge"] = Views.Call(await app.ClientAsync("purge", ("id", id))),
            ["get"] = Views.Call(await app.ReadAsync("get", ("id", id))),
            ["again"] = Views.Call(await app.ClientAsync("purge", ("id", id))),
            ["restart"] = Views.Call(await app.StartAsync("O_One", 2, id)),
            ["meta"] = Views.Meta(await app.CompletedAsync(id)),
        };
    }

    private static async Task<object?> Running(App app)
    {
        var id = app.Id("purgerun");
        await app.StartAsync("O_Wait", null, id);
        await app.RunningAsync(id);
        var purge = await app.ClientAsync("purge", ("id", id));
        await Clock.Seconds(1);
        var status = await app.StatusAsync(id);
        await app.TerminateAsync(id);
        return new Fields { ["purge"] = Views.Call(purge), ["status"] = status };
    }

    private static async Task<object?> Parent(App app)
    {
        var id = app.Id("purgepar");
        await app.StartAsync("O_SubExplicit", null, id);
        await app.CompletedAsync(id);
        var purge = await app.ClientAsync("purge", ("id", id));
        return new Fields
        {
            ["purge"] = Views.Call(purge),
            ["parent"] = await app.MetaAsync(id),
            ["child"] = await app.StatusAsync(id + "-child"),
        };
    }

    private static async Task<object?> Filter(App app)
    {
        var longAgo = Clock.Stamp(Clock.Now.AddDays(-3000));
        var seen = new Fields();
        foreach (var (name, statuses) in ((string, string?)[])[
            ("olderOnly", "Completed"), ("failedOnly", "Failed"), ("completed+failed", "Completed,Failed"),
            ("terminatedOnly", "Terminated"), ("runningOnly", "Running"), ("noStatuses", null)])
        {
            await Clock.Seconds(0.4);
            var from = Clock.Stamp(Clock.Now);
            await Clock.Seconds(0.2);
            var (ok, bad, live) = (app.Id("pf-ok"), app.Id("pf-bad"), app.Id("pf-live"));
            await app.StartAsync("O_One", 1, ok);
            await app.StartAsync("O_ThrowFirst", null, bad);
            await app.StartAsync("O_Wait", null, live);
            await app.CompletedAsync(ok);
            await app.CompletedAsync(bad);
            await app.RunningAsync(live);
            await Clock.Seconds(0.3);
            var (first, last) = name == "olderOnly" ? (longAgo, longAgo) : (from, Clock.Stamp(Clock.Now));
            seen[name] = new Fields
            {
                ["purged"] = Views.Call(await app.ClientAsync("purgeall", ("statuses", statuses), ("from", first), ("to", last))),
                ["left"] = (object?[])[await app.StatusAsync(ok), await app.StatusAsync(bad), await app.StatusAsync(live)],
            };
            await app.TerminateAsync(live);
        }

        return seen;
    }
}
