using System.Text.RegularExpressions;
using Relais.Conformance.Json;
using static Relais.Conformance.Scenario;

namespace Relais.Conformance.Orchestrations;

internal static partial class Basics
{
    internal static readonly Scenario[] All =
    [
        Durable("sequence", Sequence),
        Durable("autoid", AutoId),
        Run("fanout20", "O_FanOut", 20),
        Run("fanout0", "O_FanOut", 0),
        Run("whenany", "O_FanMixed"),
        Durable("sub.explicitid", SubExplicitId),
        Durable("sub.explicitid.twice", SubExplicitIdTwice),
        Durable("sub.takenid", SubTakenId),
        Durable("sub.autoid", SubAutoId),
        Run("sub.void", "O_SubVoid"),
        Run("sub.fan", "O_SubFan"),
        Run("info.toplevel", "O_Info", "hi"),
    ];

    /// <summary>Starts an orchestration, waits for its end and returns its result.</summary>
    internal static Scenario Run(string name, string orchestration, object? input = null) =>
        Durable(name, async app => await app.GoAsync(orchestration, input, label: "durable." + name));

    internal static bool IsHex32(string text) => Hex32().IsMatch(text);

    private static async Task<object?> Sequence(App app)
    {
        var id = app.Id("seq");
        var start = await app.StartAsync("O_Sequence", 5, id);
        var meta = (await app.CompletedAsync(id))!;
        var without = (await app.MetaAsync(id, io: 0))!;
        return new Fields
        {
            ["start"] = start,
            ["meta"] = meta.Without("created", "updated"),
            ["createdBeforeUpdated"] = Clock.Time(meta["created"]) < Clock.Time(meta["updated"]),
            ["createdRecent"] = Math.Abs((Clock.Now - Clock.Time(meta["created"])).TotalSeconds) < 60,
            ["offset"] = meta.Text("created")![^6..],
            ["withoutIO"] = without.Pick("status", "input", "output", "custom", "failure"),
        };
    }

    private static async Task<object?> AutoId(App app)
    {
        var id = (await app.StartAsync("O_One", 1)).Text("value")!;
        return new Fields
        {
            ["shape"] = IsHex32(id) ? "hex32" : GuidLike().IsMatch(id) ? "guid" : id,
            ["status"] = Views.Meta(await app.CompletedAsync(id)),
        };
    }

    private static async Task<object?> SubExplicitId(App app)
    {
        var id = app.Id("sub");
        await app.StartAsync("O_SubExplicit", null, id);
        return new Fields
        {
            ["parent"] = Views.Meta(await app.CompletedAsync(id)),
            ["child"] = (await app.MetaAsync(id + "-child") ?? []).Without("created", "updated"),
        };
    }

    private static async Task<object?> SubExplicitIdTwice(App app)
    {
        var id = app.Id("sub2");
        await app.StartAsync("O_SubExplicitTwice", null, id);
        return new Fields
        {
            ["parent"] = Views.Meta(await app.CompletedAsync(id, 25)),
            ["child"] = Views.Meta(await app.MetaAsync(id + "-child")),
        };
    }

    // The explicit id of the sub-orchestration belongs to a running or to a finished instance.
    private static async Task<object?> SubTakenId(App app)
    {
        var (running, done) = (app.Id("taken-run"), app.Id("taken-done"));
        await app.StartAsync("O_Wait", null, running);
        await app.RunningAsync(running);
        await app.StartAsync("O_One", 1, done);
        await app.CompletedAsync(done);
        var (first, second) = (app.Id("taker"), app.Id("taker"));
        await app.StartAsync("O_SubTaken", running, first);
        await app.StartAsync("O_SubTaken", done, second);
        var finished = await app.CompletedAsync(second, 15);
        var parent = await app.CompletedAsync(first, 10);
        var taken = (await app.MetaAsync(running))!;
        foreach (var id in (string[])[running, first, second])
        {
            if (!(await app.MetaAsync(id))!.Is("completed"))
            {
                await app.TerminateAsync(id);
            }
        }

        return new Fields
        {
            ["running"] = new Fields
            {
                ["parent"] = Views.Lenient(Views.Meta(parent)),
                ["instance"] = taken["name"],
                ["status"] = taken["status"],
            },
            ["finished"] = Views.Lenient(Views.Meta(finished)),
        };
    }

    private static async Task<object?> SubAutoId(App app)
    {
        var id = app.Id("suba");
        await app.StartAsync("O_SubAuto", null, id);
        var meta = (await app.CompletedAsync(id))!;
        var output = Views.Output(meta["output"]) as Fields ?? [];
        var child = output.Get("id") as string ?? "";
        output["id"] = null;
        return new Fields
        {
            ["status"] = meta["status"],
            ["output"] = output,
            ["childIdHex32"] = IsHex32(child),
            ["childIdHasParent"] = child.Contains(id, StringComparison.Ordinal),
            ["~childShape"] = HexDigit().Replace(child.Replace(id, "<parent>", StringComparison.Ordinal), "h"),
            ["childStatus"] = (await app.MetaAsync(child))?["status"],
        };
    }

    [GeneratedRegex(@"^[0-9a-f]{32}\z")]
    private static partial Regex Hex32();

    [GeneratedRegex(@"^[0-9a-f-]{36}\z")]
    private static partial Regex GuidLike();

    [GeneratedRegex("[0-9a-f]")]
    private static partial Regex HexDigit();
}
