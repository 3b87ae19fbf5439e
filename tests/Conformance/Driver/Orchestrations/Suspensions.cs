using Relais.Conformance.Json;
using static Relais.Conformance.Scenario;

namespace Relais.Conformance.Orchestrations;

internal static class Suspensions
{
    internal static readonly Scenario[] All =
    [
        Durable("suspend", Suspend),
        Durable("suspend.timer", Timer),
        Durable("suspend.terminate", Terminate),
        Durable("suspend.invalid", Invalid),
    ];

    private static async Task<object?> Suspend(App app)
    {
        var id = await WaitingAsync(app, "susp");
        var suspend = await app.ClientAsync("suspend", ("id", id));
        var suspended = (await app.UntilAsync(id, meta => meta.Text("status") == "Suspended"))!;
        await app.RaiseAsync(id, "go", "while suspended");
        await Clock.Seconds(2);
        var afterEvent = await app.StatusAsync(id);
        var again = await app.ClientAsync("suspend", ("id", id));
        await Clock.Seconds(1);
        var resume = await app.ClientAsync("resume", ("id", id));
        return new Fields
        {
            ["suspend"] = Views.Call(suspend),
            ["suspended"] = suspended.Pick("status", "running", "completed", "output", "custom"),
            ["afterEvent"] = afterEvent,
            ["again"] = Views.Call(again),
            ["resume"] = Views.Call(resume),
            ["final"] = Views.Meta(await app.CompletedAsync(id, 30)),
        };
    }

    private static async Task<object?> Timer(App app)
    {
        var id = await WaitingAsync(app, "suspt", "O_SuspendTimer");
        await app.ClientAsync("suspend", ("id", id));
        await Clock.Seconds(5);
        var status = await app.StatusAsync(id);
        await app.ClientAsync("resume", ("id", id));
        return new Fields { ["while"] = status, ["final"] = Views.Meta(await app.CompletedAsync(id, 30)) };
    }

    private static async Task<object?> Terminate(App app)
    {
        var id = await WaitingAsync(app, "suspk");
        await app.ClientAsync("suspend", ("id", id));
        await app.UntilAsync(id, meta => meta.Text("status") == "Suspended");
        await app.TerminateAsync(id, "\"t\"");
        return Views.Meta(await app.CompletedAsync(id, 10));
    }

    private static async Task<object?> Invalid(App app)
    {
        var done = app.Id("suspdone");
        await app.StartAsync("O_One", 1, done);
        await app.CompletedAsync(done);
        var running = await WaitingAsync(app, "resumerun");
        var seen = new Fields
        {
            ["unknown"] = Views.Call(await app.ClientAsync("suspend", ("id", app.Id("suspunk")))),
            ["resumeUnknown"] = Views.Call(await app.ClientAsync("resume", ("id", app.Id("suspunk")))),
            ["completed"] = Views.Call(await app.ClientAsync("suspend", ("id", done))),
            ["resumeCompleted"] = Views.Call(await app.ClientAsync("resume", ("id", done))),
            ["resumeRunning"] = Views.Call(await app.ClientAsync("resume", ("id", running))),
        };
        await Clock.Seconds(1);
        seen["statusAfter"] = (object?[])[await app.StatusAsync(done), await app.StatusAsync(running)];
        await app.TerminateAsync(running);
        return seen;
    }

    private static async Task<string> WaitingAsync(App app, string label, string orchestration = "O_Wait")
    {
        var id = app.Id(label);
        await app.StartAsync(orchestration, null, id);
        await app.RunningAsync(id);
        return id;
    }
}
