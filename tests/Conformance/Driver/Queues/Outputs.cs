using Relais.Conformance.Json;
using Relais.Conformance.Wire;
using static Relais.Conformance.Scenario;

namespace Relais.Conformance.Queues;

internal static class Outputs
{
    internal static readonly Scenario[] All =
    [
        Output("single", "single", 1, "cf-out-single"),
        Output("array", "array", 3, "cf-out-array"),
        Output("emptyarray", "empty", 0, "cf-out-array"),
        Output("poco", "poco", 1, "cf-out-poco"),
        Output("pocos", "pocos", 2, "cf-out-pocos"),
        Output("none", "none", 0, "cf-out-single", "cf-out-array"),
        Output("noresponse", "noresponse", 1, "cf-out-single"),
        Output("throw", "throw", 0, "cf-out-single"),
        Queue("output", "output.emptystring", EmptyString),
        Queue("output", "output.httpreturn", HttpReturn),
        Chain("return", "cf-chain", "", 1, "cf-chain-ret"),
        Chain("array", "cf-chain2", "", 3, "cf-chain-arr"),
        Chain("poco", "cf-chain3", "", 1, "cf-chain-poco"),
        Chain("multi", "cf-chain4", "", 1, "cf-chain-a", "cf-chain-b"),
        Chain("multinone", "cf-chain4", "|none", 0, "cf-chain-a", "cf-chain-b"),
        Chain("throwfirst", "cf-chain5", "", 1, "cf-chain-throw"),
    ];

    private const string NoQueue = "no such queue";

    private static Scenario Output(string name, string kind, int count, params string[] queues) =>
        Queue("output", "output." + name, async app =>
    {
        var key = app.Id("out");
        var reply = await app.SendAsync("POST", $"q/out/{kind}?key={key}", []);
        var seen = new Fields
        {
            ["status"] = reply.Status,
            ["body"] = reply.Status < 300 ? reply.Content() : null,
            ["bodyEmpty"] = reply.Body.Length == 0,
        };
        foreach (var queue in queues)
        {
            seen[queue] = await app.Queues.ExistsAsync(queue)
                ? QueueText.View(await app.Queues.TakeAsync(queue, Has(key), count, count > 0 ? 8 : 2, 1))
                : NoQueue;
        }

        return seen;
    });

    private static Scenario Chain(string name, string source, string suffix, int count, params string[] queues) =>
        Queue("chain", "chain." + name, async app =>
    {
        var key = app.Id("ch");
        await app.Queues.PutAsync(source, key + suffix);
        var seen = new Fields();
        foreach (var queue in queues)
        {
            seen[queue] = QueueText.View(await app.Queues.TakeAsync(queue, Has(key), count, count > 0 ? 12 : 4, 1));
        }

        return seen;
    });

    private static async Task<object?> EmptyString(App app)
    {
        await Clock.Seconds(1);
        var reply = await app.SendAsync("POST", "q/out/emptystring?key=x", []);
        object messages = await app.Queues.ExistsAsync("cf-out-single")
            ? QueueText.View(await app.Queues.TakeAsync("cf-out-single", text => text == "", 1, 3))
            : NoQueue;
        return new Fields { ["status"] = reply.Status, ["messages"] = messages };
    }

    private static async Task<object?> HttpReturn(App app)
    {
        var key = app.Id("ret");
        var reply = await app.SendAsync("POST", "q/outreturn?key=" + key, []);
        var messages = await app.Queues.TakeAsync("cf-out-return", Has(key), 1, 8);
        return new Fields
        {
            ["status"] = reply.Status,
            ["bodyEmpty"] = reply.Body.Length == 0,
            ["~body"] = reply.Text(),
            ["messages"] = QueueText.View(messages),
        };
    }

    private static Func<string, bool> Has(string key) => text => text.Contains(key, StringComparison.Ordinal);
}
