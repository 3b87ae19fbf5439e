using Relais.Conformance.Json;
using static Relais.Conformance.Scenario;

namespace Relais.Conformance.Orchestrations;

internal static class Execution
{
    private static readonly string[] Steps = ["start", "after1", "afterTimer", "afterEvent", "end"];

    internal static readonly Scenario[] All =
    [
        Durable("replay", Replay),
        Durable("replaysafelogger", ReplaySafeLogger),
        Durable("middleware", Middleware),
        Durable("middleware.error", MiddlewareError).Quietly(),
        Durable("activity.context", ActivityContext),
        Durable("activity.kinds", ActivityKinds),
        Durable("customstatus", CustomStatus),
        Durable("customstatus.readas", ReadAs),
    ];

    private static async Task<object?> Replay(App app)
    {
        var id = app.Id("replay");
        await app.StartAsync("O_Replay", null, id);
        await app.UntilAsync(
            id, async _ => (await app.RecordedAsync("replay:" + id)).Any(item => ((Fields)item!).Text("step") == "afterTimer"));
        await Clock.Seconds(0.5);
        await app.RaiseAsync(id, "go", "x");
        var meta = (await app.CompletedAsync(id))!;
        return Seen(meta, [.. (await app.RecordedAsync("replay:" + id)).Cast<Fields>()]);
    }

    private static Fields Seen(Fields meta, List<Fields> items)
    {
        var runs = items.GroupBy(item => item["run"]).ToList();
        var steps = items.ToLookup(item => item.Text("step")!);
        var reached = Steps.Where(steps.Contains).ToList();
        var times = reached.Select(step => steps[step].Last().Text("time")!).ToList();
        var guids = reached.Select(step => steps[step].Last().Text("guid")!).ToList();
        return new Fields
        {
            ["status"] = meta["status"],
            ["outputIsFirstGuid"] = Equals(Views.Output(meta["output"]), steps["start"].First()["guid"]),
            ["executions"] = runs.Count,
            ["replaying"] = runs.Select(run => run.Select(item => item["replaying"]).ToList()).ToList(),
            ["timeSameInReplays"] = Same(steps, "time"),
            ["timeMonotonic"] = times.SequenceEqual(times.Order(StringComparer.Ordinal)),
            ["timeAdvances"] = times.Distinct().Count(),
            ["utc"] = times.All(time => time.EndsWith('Z')),
            ["guidSameInReplays"] = Same(steps, "guid"),
            ["guidsUnique"] = guids.Distinct().Count() == guids.Count,
            ["guidVersion"] = guids.Select(guid => guid[14].ToString()).Distinct().Order(StringComparer.Ordinal).ToList(),
        };
    }

    private static Fields Same(ILookup<string, Fields> steps, string name)
    {
        var same = new Fields();
        foreach (var step in Steps)
        {
            same[step] = steps[step].Select(item => item[name]).Distinct().Count() == 1;
        }

        return same;
    }

    private static async Task<object?> ReplaySafeLogger(App app)
    {
        var key = app.Id("log");
        var view = await app.GoAsync("O_Log", key, label: "logorch");
        await Clock.Seconds(0.5);
        var entries = (await app.RecordedAsync("log:" + key)).Cast<Fields>()
            .ToLookup(entry => entry.Text("text")!.StartsWith("safe", StringComparison.Ordinal));
        return new Fields
        {
            ["meta"] = view,
            ["safe"] = entries[true].Select(entry => entry["text"]).ToList(),
            ["safeCategory"] = entries[true].Select(entry => entry.Text("category")).Distinct().Order(StringComparer.Ordinal).ToList(),
            ["rawCount"] = entries[false].Count(entry => entry.Text("text")!.StartsWith("raw", StringComparison.Ordinal)),
        };
    }

    private static async Task<object?> Middleware(App app)
    {
        var id = app.Id("mwprobe");
        var before = (long)(await app.RecordAsync("mwcount:O_MwProbe"))["count"]!;
        await app.StartAsync("O_MwProbe", null, id);
        var view = Views.Meta(await app.CompletedAsync(id));
        var probe = await app.RecordAsync("mwprobe:" + id);
        var calls = (long)(await app.RecordAsync("mwcount:O_MwProbe"))["count"]! - before;
        return new Fields
        {
            ["meta"] = view,
            ["executions"] = probe["count"],
            ["middlewareCalls"] = calls,
            ["first"] = probe.Items("items")[0],
        };
    }

    private static async Task<object?> MiddlewareError(App app)
    {
        string[] functions = ["A_Throw", "O_ThrowViaActivity", "O_ThrowFirst"];
        foreach (var function in functions)
        {
            await app.ClearAsync("mwerr:" + function);
        }

        await app.GoAsync("O_ThrowViaActivity", Failures.Thrown("custom", "mw"), label: "mwerr");
        await app.GoAsync("O_ThrowFirst", label: "mwerr2");
        var seen = new Fields();
        foreach (var function in functions)
        {
            seen[function] = await app.RecordedAsync("mwerr:" + function);
        }

        return seen;
    }

    private static async Task<object?> ActivityContext(App app)
    {
        var view = (await app.GoAsync("O_ActivityCtx", label: "actctx"))!;
        (view.Get("output") as Fields)?.Rename("keys", "~keys");
        return view;
    }

    private static async Task<object?> ActivityKinds(App app)
    {
        var id = app.Id("kinds");
        await app.StartAsync("O_ActivityKinds", null, id);
        var view = Views.Meta(await app.CompletedAsync(id, 40));
        return new Fields { ["meta"] = Views.Lenient(view), ["ran"] = await app.RecordedAsync("kinds:" + id) };
    }

    private static async Task<object?> CustomStatus(App app)
    {
        var id = app.Id("custom");
        await app.StartAsync("O_Custom", null, id);
        var steps = new List<Fields>();
        foreach (var isReached in (Func<string?, bool>[])[
            custom => custom?.Contains("ep", StringComparison.Ordinal) ?? false, custom => custom == "\"two\"",
            custom => custom is null or "" or "null"])
        {
            var meta = (await app.UntilAsync(id, meta => meta.Text("status") == "Running" && isReached(meta.Text("custom")), 15))!;
            steps.Add(meta.Pick("status", "custom"));
            await app.RaiseAsync(id, "next", "n");
        }

        var last = await app.CompletedAsync(id);
        return new Fields { ["steps"] = steps, ["final"] = Views.Meta(last), ["withoutIO"] = (await app.MetaAsync(id, io: 0))!["custom"] };
    }

    private static async Task<object?> ReadAs(App app)
    {
        var id = app.Id("readas");
        await app.StartAsync("O_ReturnPerson", new Fields { ["Name"] = "In", ["Age"] = 1 }, id);
        var meta = (await app.CompletedAsync(id))!;
        return new Fields
        {
            ["meta"] = Views.Meta(meta),
            ["rawOutput"] = meta["output"],
            ["typed"] = Views.Call(await app.ReadAsync("readas/person", ("id", id))),
            ["wrong"] = Views.Call(await app.ReadAsync("readas/wrong", ("id", id))),
            ["noio"] = Views.Call(await app.ReadAsync("readas/noio", ("id", id))),
        };
    }
}
