using Relais.Conformance.Json;
using static Relais.Conformance.Orchestrations.Basics;
using static Relais.Conformance.Scenario;

namespace Relais.Conformance.Orchestrations;

/// <summary>How inputs and outputs are serialised.</summary>
internal static class Values
{
    internal static readonly Scenario[] All =
    [
        .. ((string[])["big", "enum", "date", "dict", "null", "unicode", "bytes", "decimal", "array", "large"]).Select(RoundTrip),
        Run("roundtrip.returnbig", "O_ReturnBig"),
        Run("roundtrip.dictresult", "O_Dict", new Fields { ["Zed"] = 1, ["a b"] = 2 }),
        Run("roundtrip.inputparam", "O_InputParam", new Fields { ["Name"] = "Par", ["Age"] = 7 }),
        Run("roundtrip.inputcase", "O_ReturnPerson", new Fields { ["name"] = "lower", ["age"] = 1 }),
        Run("output.void", "O_VoidSync"),
        Run("output.null", "O_Null"),
        Durable("input.none", NoInput),
        Durable("input.badtype", async app => Views.Lenient(await app.GoAsync("O_Sequence", "not an int", label: "badin", timeout: 25))),
    ];

    private static Scenario RoundTrip(string kind) => Durable("roundtrip." + kind, async app =>
    {
        var id = app.Id("rt-" + kind);
        var start = await app.ClientAsync("typed/" + kind, ("id", id));
        if (!start.ContainsKey("value"))
        {
            return Views.Call(start);
        }

        var meta = (await app.CompletedAsync(id, 60))!;
        return new Fields
        {
            ["status"] = meta["status"],
            ["rawInput"] = meta["input"],
            ["rawOutput"] = meta["output"],
            ["custom"] = meta["custom"],
            ["failure"] = Views.Failure(meta["failure"]),
        };
    });

    private static async Task<object?> NoInput(App app)
    {
        var (overload, nothing) = (app.Id("noin"), app.Id("noin"));
        await app.ClientAsync("startnoinput/O_Info", ("id", overload));
        await app.StartAsync("O_Info", null, nothing);
        return new Fields { ["overload"] = await InputOf(app, overload), ["null"] = await InputOf(app, nothing) };
    }

    private static async Task<Fields> InputOf(App app, string id)
    {
        var meta = (await app.CompletedAsync(id))!;
        return new Fields
        {
            ["input"] = meta["input"],
            ["seen"] = Views.Output(meta["output"]) is Fields output && output.TryGetValue("input", out var input) ? input : "?",
        };
    }
}
