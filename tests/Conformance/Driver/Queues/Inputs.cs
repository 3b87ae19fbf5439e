using Relais.Conformance.Json;
using static Relais.Conformance.Scenario;

namespace Relais.Conformance.Queues;

internal static class Inputs
{
    internal static readonly Scenario[] All =
    [
        Queue("text", "string", String),
        Queue("text", "string.json", JsonString),
        Queue("text", "string.48k", Long),
        Queue("text", "string.empty", Empty),
        Queue("values", "poco", Poco),
        Queue("values", "bound-metadata", async app => await Sent(app, "qb", "cf-bound", key => $$"""{"Key":"{{key}}"}""")),
        Queue("values", "bytes", Bytes),
        Queue("values", "setting-name", async app => await Sent(app, "qn", "cf-setting", key => key + "|s")),
    ];

    private static async Task<List<object?>> Sent(App app, string label, string queue, Func<string, string> text, double timeout = 30)
    {
        var key = app.Id(label);
        await app.Queues.PutAsync(queue, text(key));
        return await app.RecordedAsync("q:" + key, 1, timeout);
    }

    private static async Task<object?> String(App app)
    {
        var seen = await Sent(app, "qs", "cf-string", key => key + "|héllo \"x\" <y>&\n2");
        seen.ForEach(item => ((Fields)item!).Rename("dataKeys", "~dataKeys"));
        return seen;
    }

    private static async Task<object?> JsonString(App app)
    {
        var (key, quoted) = (app.Id("qs"), app.Id("qq"));
        var json = $$"""{"k":"{{app.Id("qo")}}"}""";
        await app.Queues.PutAsync("cf-string", key + """|{"a":1}""");
        await Clock.Seconds(0.2);
        await app.Queues.PutAsync("cf-string", $"\"{quoted}|q\"");
        await app.Queues.PutAsync("cf-string", json);
        return new Fields
        {
            ["text"] = Messages(await app.RecordedAsync("q:" + key, 1)),
            ["quoted"] = Messages([.. await app.RecordedAsync("q:%22" + quoted, 1, 5), .. await app.RecordedAsync("q:" + quoted, 1, 5)]),
            ["object"] = Messages(await app.RecordedAsync("q:" + Uri.EscapeDataString(json), 1, 10)),
        };
    }

    private static List<object?> Messages(List<object?> items) => [.. items.Select(item => ((Fields)item!)["message"])];

    private static async Task<object?> Long(App app)
    {
        var seen = await Sent(app, "qs", "cf-string", key => key + "|" + new string('x', 48000));
        return seen.Cast<Fields>()
            .Select(item =>
                new Fields { ["length"] = item.Text("message")!.Length - item.Text("message")!.IndexOf('|', StringComparison.Ordinal) })
            .ToList();
    }

    private static async Task<object?> Empty(App app)
    {
        await app.ClearAsync("q:");
        var accepted = await app.Queues.PutAsync("cf-string", "");
        var seen = await app.RecordedAsync("q:", 1, 6);
        return new Fields
        {
            ["putAccepted"] = accepted,
            ["seen"] = seen.Cast<Fields>().Select(item => item.Pick("message", "length")).ToList(),
        };
    }

    private static async Task<object?> Poco(App app)
    {
        var byName = await Sent(app, "qe", "cf-poco", key => $$"""{"Key":"{{key}}","Color":"Blue"}""", 3);
        return new Fields
        {
            ["pascal"] = await Sent(
                app, "qp", "cf-poco",
                key => $$$"""{"Key":"{{{key}}}","N":3,"Color":2,"When":"2026-02-03T04:05:06+01:00","Tags":["a"],"Map":{"Xx":1}}"""),
            ["camel"] = await Sent(
                app, "qp", "cf-poco",
                key => $$$"""{"key":"{{{key}}}","n":3,"color":1,"when":"2026-02-03T04:05:06Z","tags":["a"],"map":{"Xx":1}}"""),
            ["partial"] = await Sent(app, "qp", "cf-poco", key => $$"""{"Key":"{{key}}","unknown":true}"""),
            ["record"] = await Sent(app, "qr", "cf-record", key => $$"""{"name":"{{key}}","age":4}"""),
            ["enumname"] = byName.Count == 0 ? "not run" : byName,
        };
    }

    private static async Task<object?> Bytes(App app)
    {
        await app.ClearAsync("qbytes");
        await app.Queues.PutAsync("cf-bytes", new byte[] { 0, 1, 0xfe, 0xff });
        return await app.RecordedAsync("qbytes", 1, 8);
    }
}
