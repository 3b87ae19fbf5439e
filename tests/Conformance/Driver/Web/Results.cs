using Relais.Conformance.Json;
using static Relais.Conformance.Scenario;

namespace Relais.Conformance.Web;

internal static class Results
{
    private static readonly string[] Plain =
    [
        "json", "json201", "jsonenum", "ok", "oknull", "text", "texthtml", "content", "problem", "problem500", "validation", "nocontent",
        "status", "status500", "notfound", "notfoundobj",
        "badrequest", "unauthorized", "conflict", "accepted", "created", "redirect", "redirectperm", "stream", "streamfn", "bytes", "empty",
        "headers", "forbid403", "null",
    ];

    private static readonly string[] Actions =
    [
        "okobj", "okstring", "oknull", "ok", "content", "contentplain", "status", "file", "bad", "badempty", "object409", "problem", "json",
        "notfound", "redirect", "created", "accepted",
        "nocontent", "empty", "unauth", "null",
    ];

    internal static readonly Scenario[] All =
    [
        .. Plain.Select(kind => Shown("iresult." + kind, "resp/" + kind, kind)),
        Http("iresult.big", Big),
        Http(
            "iresult.head",
            async app =>
                await app.SendAsync("HEAD", "resp/json") is var reply
                    ? new Fields { ["status"] = reply.Status, ["length"] = reply.Body.Length }
                    : null),
        Http("framing", Framing),
        .. Actions.Select(kind => Shown("action." + kind, "action/" + kind, kind)),
        Http("action.accept-xml", async app => (await app.GetAsync("action/okobj", ("Accept", "application/xml"))).View()),
        Http("action.accept-plain", async app => (await app.GetAsync("action/okstring", ("Accept", "application/json"))).View()),
        .. ((string[])["string", "poco", "void", "task", "write"])
            .Select(kind => Http("return." + kind, async app => (await app.GetAsync("ret/" + kind)).View())),
        Http("throw", Throw),
        Http("throw.partial", ThrowPartial),
    ];

    private static Scenario Shown(string name, string path, string kind)
    {
        string[] headers = kind switch
        {
            "accepted" or "created" or "redirect" or "redirectperm" => ["location"],
            "bytes" or "file" => ["content-disposition"],
            "headers" => ["x-one", "x-multi", "cache-control", "set-cookie"],
            _ => [],
        };
        return Http(name, async app => (await app.GetAsync(path)).View(headers));
    }

    private static async Task<object?> Big(App app)
    {
        var reply = await app.GetAsync("resp/big");
        var whole = reply.Body.Length == 256 * 5 * 1024 * 4 && reply.Body.Index().All(at => at.Item == (byte)(at.Index % 256 * 7));
        return new Fields { ["status"] = reply.Status, ["length"] = reply.Body.Length, ["ok"] = whole };
    }

    private static async Task<object?> Framing(App app)
    {
        var answers = new Fields();
        foreach (var path in (string[])["resp/json", "resp/text", "resp/nocontent", "resp/bytes", "ping"])
        {
            var reply = await app.GetAsync(path);
            answers[path] = new Fields
            {
                ["~contentLength"] = reply.Header("content-length"),
                ["~transferEncoding"] = reply.Header("transfer-encoding"),
                ["~names"] = reply.Headers.Select(header => header.Name.ToLowerInvariant()).Distinct().Order(StringComparer.Ordinal)
                    .ToList(),
            };
        }

        return answers;
    }

    private static async Task<object?> Throw(App app)
    {
        var answers = new Fields();
        foreach (var kind in (string[])["sync", "async", "custom", "cancel", "iresult"])
        {
            var reply = await app.GetAsync("throw/" + kind);
            answers[kind] = new Fields
            {
                ["status"] = reply.Status,
                ["~contentType"] = reply.Header("content-type"),
                ["bodyEmpty"] = reply.Body.Length == 0,
                ["leaksMessage"] = reply.Text().Contains("boom", StringComparison.Ordinal),
                ["~body"] = Routes.Start(reply.Text(), 300),
            };
        }

        return answers;
    }

    private static async Task<object?> ThrowPartial(App app)
    {
        try
        {
            var reply = await app.GetAsync("throw/partial");
            return new Fields
            {
                ["status"] = reply.Status,
                ["startsWithPartial"] = reply.Text().StartsWith("partial", StringComparison.Ordinal),
                ["~body"] = Routes.Start(reply.Text(), 100),
            };
        }
        catch (IOException e)
        {
            return new Fields { ["exception"] = e.GetType().Name };
        }
    }
}
