using Relais.Conformance.Json;
using static Relais.Conformance.Scenario;

namespace Relais.Conformance.Orchestrations;

internal static class Queries
{
    internal static readonly Scenario[] All = [Durable("query", Query)];

    private static async Task<object?> Query(App app)
    {
        var prefix = app.Id("query") + "-";
        var from = Clock.Stamp(Clock.Now.AddSeconds(-2));
        var live = await PrepareAsync(app, prefix);
        var to = Clock.Stamp(Clock.Now.AddSeconds(2));
        var future = Clock.Stamp(Clock.Now.AddHours(1));
        var seen = new Fields
        {
            ["prefix"] = await Ask(app, ("prefix", prefix)),
            ["prefix+completed"] = await Ask(app, ("prefix", prefix), ("statuses", "Completed")),
            ["prefix+failed,running"] = await Ask(app, ("prefix", prefix), ("statuses", "Failed,Running")),
            ["prefix+terminated"] = await Ask(app, ("prefix", prefix), ("statuses", "Terminated")),
            ["prefix.nomatch"] = await Ask(app, ("prefix", prefix + "zzz")),
            ["prefix.case"] = await Ask(app, ("prefix", prefix.ToUpperInvariant())),
            ["prefix+range"] = await Ask(app, ("prefix", prefix), ("from", from), ("to", to)),
            ["prefix+future"] = await Ask(app, ("prefix", prefix), ("from", future)),
            ["prefix+beforefuture"] = await Ask(app, ("prefix", prefix), ("to", future)),
            ["pageSize5"] = await Ask(app, ("prefix", prefix), ("pageSize", 5)),
            ["pageSize1"] = await Ask(app, ("prefix", prefix + "0"), ("pageSize", 1)),
            ["withIO"] = await First(app, ("prefix", prefix), ("io", 1), ("statuses", "Completed")),
            ["withoutIO"] = await First(app, ("prefix", prefix), ("statuses", "Completed")),
            ["nullFilter"] = Views.Call(await app.ReadAsync("querynull", ("prefix", prefix))),
            ["failedDetails"] = await Details(app, ("prefix", prefix), ("statuses", "Failed"), ("io", 1)),
            ["failedDetailsNoIO"] = await Details(app, ("prefix", prefix), ("statuses", "Failed")),
        };
        await app.TerminateAsync(live);
        return seen;
    }

    private static async Task<string> PrepareAsync(App app, string prefix)
    {
        var (live, bad) = (prefix + "live", prefix + "bad");
        await app.ClientAsync("startmany/O_One/12", ("prefix", prefix));
        await app.StartAsync("O_Wait", null, live);
        await app.StartAsync("O_ThrowFirst", null, bad);
        for (var i = 0; i < 12; i++)
        {
            await app.CompletedAsync($"{prefix}{i:00}");
        }

        await app.CompletedAsync(bad);
        await app.RunningAsync(live);
        return live;
    }

    private static async Task<Fields?> Ask(App app, params (string Name, object? Value)[] filter)
    {
        var answer = await app.ReadAsync("query", filter);
        if (!answer.ContainsKey("value"))
        {
            return Views.Call(answer);
        }

        var found = answer.Items("value").Cast<Fields>().ToList();
        var ids = found.Select(instance => instance.Text("id")).ToList();
        return new Fields
        {
            ["count"] = ids.Count,
            ["distinct"] = ids.Distinct().Count(),
            ["sortedById"] = ids.SequenceEqual(ids.Order(StringComparer.Ordinal)),
            ["statuses"] = found.Select(instance => instance.Text("status")).Distinct().Order(StringComparer.Ordinal).ToList(),
        };
    }

    private static async Task<List<Fields>> Found(App app, (string Name, object? Value)[] filter) =>
        (await app.ReadAsync("query", filter)).Get("value") is List<object?> found ? [.. found.Cast<Fields>()] : [];

    private static async Task<Fields> First(App app, params (string Name, object? Value)[] filter)
    {
        var first = (await Found(app, filter)).MinBy(instance => instance.Text("id"), StringComparer.Ordinal) ?? [];
        return new Fields
        {
            ["input"] = first.Get("input"),
            ["output"] = first.Get("output"),
            ["custom"] = first.Get("custom"),
            ["name"] = first.Get("name"),
        };
    }

    private static async Task<List<Fields?>> Details(App app, params (string Name, object? Value)[] filter) =>
        [.. (await Found(app, filter)).Select(instance => Views.Failure(instance["failure"]))];
}
