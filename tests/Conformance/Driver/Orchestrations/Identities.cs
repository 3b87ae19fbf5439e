using Relais.Conformance.Json;
using static Relais.Conformance.Scenario;

namespace Relais.Conformance.Orchestrations;

/// <summary>Instance ids that are already in use or contain unusual characters.</summary>
internal static class Identities
{
    private static readonly (string Name, string? Suffix)[] Odd =
    [
        ("space", "a b"), ("slash", "a/b"), ("hash", "a#b"), ("question", "a?b"), ("at", "a@b"), ("leading-at", null), ("unicode", "é"),
        ("colon", "a:b"), ("percent", "a%b"), ("quote", "a'b"),
        ("backslash", "a\\b"), ("long", new string('x', 120)), ("control", "a\tb"),
    ];

    internal static readonly Scenario[] All =
    [
        Taken("running", "O_Wait", null, (app, id) => app.RunningAsync(id)),
        Taken("completed", "O_One", 1, (app, id) => app.CompletedAsync(id)),
        Taken("failed", "O_ThrowFirst", null, (app, id) => app.CompletedAsync(id)),
        Taken("terminated", "O_Wait", null, TerminateAsync),
        Taken("suspended", "O_Wait", null, SuspendAsync),
        Durable("duplicate.pending", Pending),
        Durable("duplicate.replay-events", ReplayEvents),
        Durable("ids", Ids),
    ];

    private static Scenario Taken(string name, string orchestration, object? input, Func<App, string, Task> prepare) =>
        Durable("duplicate." + name, async app =>
    {
        var id = app.Id("dup-" + name);
        await app.StartAsync(orchestration, input, id);
        await prepare(app, id);
        var first = (await app.MetaAsync(id))!;
        var second = await app.StartAsync("O_One", 5, id);
        var meta = (await app.UntilAsync(
            id, meta => meta.Is("completed") && meta.Text("name") == "O_One" && meta.Text("output") == "\"n5\"", 6))!;
        if (!meta.Is("completed"))
        {
            await app.TerminateAsync(id);
        }

        return new Fields
        {
            ["second"] = Views.Call(second),
            ["name"] = meta["name"],
            ["meta"] = Views.Meta(meta),
            ["createdChanged"] = meta.Text("created") != first.Text("created"),
        };
    });

    private static async Task TerminateAsync(App app, string id)
    {
        await app.RunningAsync(id);
        await app.TerminateAsync(id);
        await app.CompletedAsync(id);
    }

    private static async Task SuspendAsync(App app, string id)
    {
        await app.RunningAsync(id);
        await app.ClientAsync("suspend", ("id", id));
        await app.UntilAsync(id, meta => meta.Text("status") == "Suspended");
    }

    private static async Task<object?> Pending(App app)
    {
        var id = app.Id("dup-pending");
        var first = await app.StartAsync("O_One", 1, id, after: 6);
        var second = await app.StartAsync("O_One", 5, id);
        return new Fields
        {
            ["first"] = Views.Call(first),
            ["second"] = Views.Call(second),
            ["meta"] = Views.Meta(await app.CompletedAsync(id, 25)),
        };
    }

    // A completed id starts again: leftover events must not reach the new instance.
    private static async Task<object?> ReplayEvents(App app)
    {
        var id = app.Id("dup-ev");
        await app.StartAsync("O_Wait", null, id);
        await app.RunningAsync(id);
        await app.RaiseAsync(id, "go", "one");
        await app.RaiseAsync(id, "go", "two");
        await app.CompletedAsync(id);
        await Clock.Seconds(1);
        await app.StartAsync("O_Wait", null, id);
        await app.UntilAsync(id, meta => meta.Text("status") == "Running");
        await Clock.Seconds(2);
        var status = await app.StatusAsync(id);
        await app.RaiseAsync(id, "go", "three");
        return new Fields { ["statusBeforeRaise"] = status, ["meta"] = Views.Meta(await app.CompletedAsync(id)) };
    }

    private static async Task<object?> Ids(App app)
    {
        var seen = new Fields();
        foreach (var (name, suffix) in Odd)
        {
            var odd = suffix is null ? $"@{app.Run}-at" : $"{app.Id("id-" + name)}-{suffix}";
            var start = await app.StartAsync("O_One", 1, odd);
            var accepted = start.ContainsKey("value");
            var meta = accepted ? await app.UntilAsync(odd, meta => meta.Is("completed"), 12) : null;
            seen[name] = new Fields { ["start"] = accepted ? "accepted" : Views.Call(start), ["status"] = meta?["status"] };
        }

        var empty = await app.StartAsync("O_One", 1, "");
        seen["empty"] = new Fields
        {
            ["start"] = empty.Get("value") is string generatedId
                ? "accepted:" + (Basics.IsHex32(generatedId) ? "generated" : generatedId)
                : Views.Call(empty),
        };
        var id = app.Id("id-Case");
        await app.StartAsync("O_One", 1, id);
        await app.CompletedAsync(id);
        seen["otherCase"] = await app.MetaAsync(id.ToUpperInvariant());
        return seen;
    }
}
