using Relais.Conformance.Json;
using static Relais.Conformance.Orchestrations.Basics;
using static Relais.Conformance.Scenario;

namespace Relais.Conformance.Orchestrations;

internal static class Failures
{
    private static readonly (string Target, string Kind, int Depth)[] Deep =
    [
        ("sub", "custom", 9), ("sub", "nested", 9), ("subactivity", "custom", 1), ("subactivity", "nested", 1), ("subsub", "custom", 2),
        ("subcatchrethrow", "custom", 1),
    ];

    internal static readonly Scenario[] All =
    [
        .. ((string[])["invalid", "custom", "nested", "argnull", "aggregate", "canceled", "taskcanceled", "empty", "generic"])
            .Select(kind => Caught("activity." + kind, "activity", kind, "catch-" + kind)),
        Caught("activity.multiline", "activity", "multiline", "catch-ml", lenient: true),
        Caught("activityasync", "activityasync", "custom", "catch-async"),
        .. Deep.Select(deep =>
            Caught(
                $"{deep.Target}.{deep.Kind}", deep.Target, deep.Kind, $"catch-{deep.Target}-{deep.Kind}", deep.Depth,
                lenient: deep.Target == "subcatchrethrow")),
        Caught("whenall", "whenall", "", "catch-all", lenient: true),
        .. ((string[])[
            "missingactivity", "missingsub", "badresult", "badinput", "badinputpoco", "wrongcaseactivity", "intforstring",
            "objectforstring"])
            .Select(target => Caught(target, target, "", target, lenient: true, timeout: 25)),
        .. ((string[])["invalid", "custom", "nested", "canceled", "aggregate"])
            .Select(kind => Run("fail.orchestrator." + kind, "O_Throw", Thrown(kind, "orch msg"))),
        Run("fail.first", "O_ThrowFirst"),
        Run("fail.activity", "O_ThrowViaActivity", Thrown("nested", "act msg")),
        Run("fail.subactivity", "O_ThrowViaSub", Thrown("custom", "deep msg")),
        Run("fail.wrapped", "O_CatchRethrow", Thrown("custom", "wrap msg")),
        Run("fail.customstatus", "O_ThrowAfterStatus"),
        Durable("missing.activity", async app => Views.Lenient(await app.GoAsync("O_MissingActivity", null, 25))),
        Durable("fail.noio", WithoutOutputs),
        Durable("missing.orchestrator", MissingOrchestrator),
        Durable("wrongcase.orchestrator", WrongCaseOrchestrator),
    ];

    internal static Fields Thrown(string kind, string message) => new() { ["Kind"] = kind, ["Message"] = message };

    private static Scenario Caught(
        string name, string target, string kind, string label, int depth = 0, bool lenient = false, double timeout = 90) =>
        Durable("catch." + name, async app =>
    {
        var view = Views.Soften(await app.GoAsync("O_Catch", new Fields { ["Target"] = target, ["Kind"] = kind }, timeout, label), depth);
        return lenient ? Views.Lenient(view) : view;
    });

    private static async Task<object?> WithoutOutputs(App app)
    {
        var id = app.Id("failnoio");
        await app.StartAsync("O_ThrowFirst", null, id);
        await app.CompletedAsync(id);
        var meta = (await app.MetaAsync(id, io: 0))!;
        return new Fields { ["status"] = meta["status"], ["output"] = meta["output"], ["failure"] = Views.Failure(meta["failure"]) };
    }

    private static async Task<object?> MissingOrchestrator(App app)
    {
        var (start, meta) = await StartedAsync(app, "missorch", "O_DoesNotExist", null);
        return new Fields { ["start"] = Views.Call(start), ["then"] = Views.Lenient(Views.Meta(meta)) };
    }

    private static async Task<object?> WrongCaseOrchestrator(App app)
    {
        var (start, meta) = await StartedAsync(app, "wrongcase", "o_one", 1);
        return new Fields { ["start"] = Views.Call(start), ["then"] = Views.Meta(meta), ["name"] = meta?["name"] };
    }

    private static async Task<(Fields Start, Fields? Meta)> StartedAsync(App app, string label, string orchestration, object? input)
    {
        var id = app.Id(label);
        var start = await app.StartAsync(orchestration, input, id);
        return (start, start.ContainsKey("value") ? await app.UntilAsync(id, meta => meta.Is("completed"), 8) : await app.MetaAsync(id));
    }
}
