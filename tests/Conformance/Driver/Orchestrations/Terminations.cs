using System.Diagnostics;
using Relais.Conformance.Json;
using static Relais.Conformance.Scenario;

namespace Relais.Conformance.Orchestrations;

internal static class Terminations
{
    internal static readonly Scenario[] All =
    [
        Durable("terminate", Terminate),
        Durable("terminate.activity", WhileAnActivityRuns),
        Durable(
            "terminate.nooutput",
            app => Ended(app, "termno", null, meta => new Fields { ["meta"] = Views.Meta(meta), ["rawOutput"] = meta["output"] })),
        Durable(
            "terminate.string",
            app => Ended(app, "terms", "\"plain\"", meta => new Fields { ["status"] = meta["status"], ["rawOutput"] = meta["output"] })),
        Durable("terminate.completed", Completed),
        Durable("terminate.unknown", async app => Views.Call(await app.TerminateAsync(app.Id("termunk"), "\"x\""))),
        Durable("terminate.parent", Parent),
    ];

    private static async Task<object?> Terminate(App app)
    {
        var id = app.Id("term");
        await app.StartAsync("O_Wait", "input", id);
        await app.RunningAsync(id);
        var terminate = await app.TerminateAsync(id, JsonText.Write(new Fields { ["Why"] = "é" }));
        var meta = (await app.CompletedAsync(id, 30))!;
        var again = await app.TerminateAsync(id, "\"again\"");
        var raise = await app.RaiseAsync(id, "go", "x");
        await Clock.Seconds(1);
        return new Fields
        {
            ["terminate"] = Views.Call(terminate),
            ["meta"] = Views.Meta(meta),
            ["rawOutput"] = meta["output"],
            ["again"] = Views.Call(again),
            ["raise"] = Views.Call(raise),
            ["after"] = Views.Meta(await app.MetaAsync(id)),
        };
    }

    // The activity takes 8 s.
    private static async Task<object?> WhileAnActivityRuns(App app)
    {
        var id = app.Id("termact");
        await app.StartAsync("O_LongActivity", null, id);
        await app.RunningAsync(id);
        await Clock.Seconds(1);
        var start = Stopwatch.GetTimestamp();
        await app.TerminateAsync(id, "\"x\"");
        var view = Views.Meta(await app.CompletedAsync(id, 30));
        var took = Clock.Since(start);
        await Clock.Seconds(8);
        return new Fields { ["meta"] = view, ["beforeTheActivityEnds"] = took < 5, ["later"] = Views.Meta(await app.MetaAsync(id)) };
    }

    private static async Task<object?> Ended(App app, string label, string? output, Func<Fields, Fields> show)
    {
        var id = app.Id(label);
        await app.StartAsync("O_Wait", null, id);
        await app.RunningAsync(id);
        await app.TerminateAsync(id, output);
        return show((await app.CompletedAsync(id, 30))!);
    }

    private static async Task<object?> Completed(App app)
    {
        var id = app.Id("termdone");
        await app.StartAsync("O_One", 1, id);
        await app.CompletedAsync(id);
        var terminate = await app.TerminateAsync(id, "\"x\"");
        await Clock.Seconds(1);
        return new Fields { ["terminate"] = Views.Call(terminate), ["meta"] = Views.Meta(await app.MetaAsync(id)) };
    }

    private static async Task<object?> Parent(App app)
    {
        var id = app.Id("termpar");
        await app.StartAsync("O_LongParent", null, id);
        await app.UntilAsync(id + "-child", meta => meta.Text("status") == "Running");
        await app.TerminateAsync(id, "\"p\"");
        var parent = await app.CompletedAsync(id, 30);
        await Clock.Seconds(2);
        var child = Views.Meta(await app.MetaAsync(id + "-child"));
        await app.TerminateAsync(id + "-child", "\"cleanup\"");
        return new Fields { ["parent"] = Views.Meta(parent), ["child"] = child };
    }
}
