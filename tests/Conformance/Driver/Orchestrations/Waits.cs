using System.Diagnostics;
using Relais.Conformance.Json;
using static Relais.Conformance.Scenario;

namespace Relais.Conformance.Orchestrations;

internal static class Waits
{
    internal static readonly Scenario[] All =
    [
        Durable(
            "get.unknown",
            async app =>
                new Fields
                {
                    ["get"] = Views.Call(await app.ReadAsync("get", ("id", app.Id("unknown")))),
                    ["getEmptyIO0"] = Views.Call(await app.ReadAsync("get", ("id", app.Id("unknown")), ("io", 0))),
                }),
        Durable("wait.start", Start),
        Durable("wait.timeout", Timeout),
        Durable("wait.failed", Failed),
    ];

    private static async Task<Fields?> WaitAsync(App app, string operation, string id, int? io = null) =>
        (Fields?)(await app.ReadAsync(operation, ("id", id), ("timeout", 20000), ("io", io))).Get("value");

    private static async Task<object?> Start(App app)
    {
        var id = app.Id("ws");
        await app.StartAsync("O_Wait", "in", id);
        var started = await WaitAsync(app, "waitstart", id);
        await app.RaiseAsync(id, "go", "x");
        var completed = await WaitAsync(app, "wait", id);
        var without = await WaitAsync(app, "wait", id, io: 0);
        var again = await WaitAsync(app, "waitstart", id);
        return new Fields
        {
            ["start"] = started?.Pick("status", "input", "output", "running"),
            ["completion"] = Views.Meta(completed),
            ["completionNoIO"] = without?.Pick("status", "input", "output"),
            ["startWhenCompleted"] = again?["status"],
        };
    }

    private static async Task<object?> Timeout(App app)
    {
        var id = app.Id("wt");
        await app.StartAsync("O_Wait", null, id);
        await app.RunningAsync(id);
        var cancelled = await app.ReadAsync("wait", ("id", id), ("timeout", 1500));
        var start = Stopwatch.GetTimestamp();
        var unknownStart = await app.ReadAsync("waitstart", ("id", app.Id("wtunknown")), ("timeout", 1500));
        var unknownCompletion = await app.ReadAsync("wait", ("id", app.Id("wtunknown")), ("timeout", 1500));
        var took = Clock.Since(start);
        await app.TerminateAsync(id);
        return new Fields
        {
            ["completionCancelled"] = Views.Call(cancelled),
            ["unknownStart"] = Views.Call(unknownStart),
            ["unknownCompletion"] = Views.Call(unknownCompletion),
            ["waited"] = took > 2.5,
        };
    }

    private static async Task<object?> Failed(App app)
    {
        var id = app.Id("wf");
        await app.StartAsync("O_ThrowFirst", null, id);
        return Views.Meta(await WaitAsync(app, "wait", id));
    }
}
