using Relais.Conformance.Json;
using static Relais.Conformance.Scenario;

namespace Relais.Conformance.Web;

internal static class Contexts
{
    internal static readonly Scenario[] All =
    [
        Http("context", Context),
        Http("context.bindingdata", async app => new Fields { ["~keys"] = (await app.GetAsync("ctx/bindingdata/x?q=1")).Content() }),
        Http("di", Injection),
        Http(
            "static",
            async app =>
                new Fields
                {
                    ["static"] = (await app.GetAsync("static/v")).View(),
                    ["async"] = (await app.GetAsync("staticasync")).View(),
                }),
    ];

    private static async Task<object?> Context(App app)
    {
        var view = (await app.GetAsync("ctx/info/x")).View();
        if (view["body"] is Fields body)
        {
            body["itemKeys"] = body.Items("itemKeys")
                .Where(key => key is "trace" || ((string)key!).StartsWith("mw", StringComparison.Ordinal)).ToList();
            foreach (var name in (string[])["traceParentNonEmpty", "invocationHeader", "inputs", "outputs", "pathEndsWith", "idEquals"])
            {
                body.Rename(name, "~" + name);
            }
        }

        return view;
    }

    private static async Task<object?> Injection(App app)
    {
        var key = app.Id("di");
        var (first, second) = ((await app.GetAsync("di?key=" + key)).Object(), (await app.GetAsync("di?key=" + key)).Object());
        var same = new Fields();
        foreach (var name in (string[])["instance", "scoped", "single", "transient", "invocationId", "middlewareConstructed"])
        {
            same[name] = Equals(first[name], second[name]);
        }

        await Clock.Seconds(0.5);
        return new Fields
        {
            ["sameAcrossInvocations"] = same,
            ["flags"] = first.Pick("scopedSameWithin", "middlewareScopedSame", "providerScopedSame", "middlewareSingleSame"),
            ["middlewareConstructed"] = first["middlewareConstructed"],
            ["scopedDisposed"] = (await app.RecordedAsync("scoped-disposed")).Contains(first["scoped"]),
            ["log"] = (await app.RecordedAsync("log:" + key)).Cast<Fields>().Select(entry => entry.Pick("level", "category", "text"))
                .ToList(),
        };
    }
}
