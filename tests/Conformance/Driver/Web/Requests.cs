using System.Security.Cryptography;
using System.Text;
using Relais.Conformance.Json;
using Relais.Conformance.Wire;
using static Relais.Conformance.Scenario;

namespace Relais.Conformance.Web;

internal static class Requests
{
    private static readonly byte[] FiveMegabytes =
    [
        .. Enumerable.Repeat(
            Enumerable.Range(0, 1024).Select(i => (byte)((i * 31) + (i / 256))).ToArray(), 5120).SelectMany(block => block),
    ];

    private const string Person = """{"name":"A","age":3}""";
    private const string PascalPerson = """{"Name":"A","Age":3}""";

    internal static readonly Scenario[] All =
    [
        Http(
            "headers",
            async app =>
                (await app.GetAsync(
                    "headers", ("X-Rep", "a"), ("X-Rep", "b"), ("x-one", " sp aced "), ("User-Agent", "cf/1 (x)"),
                    ("Accept", "text/a;q=0.5"), ("Accept", "text/b"), ("Cookie", "c1=v1; c2=v2"))).View()),
        Http("headers.absent", async app => (await app.GetAsync("headers")).View()),
        Http("headers.names", async app => new Fields { ["~names"] = (await app.GetAsync("headernames", ("X-Cf", "1"))).Json() }),
        Body("binary", [.. Enumerable.Repeat(Enumerable.Range(0, 256).Select(i => (byte)i).ToArray(), 4).SelectMany(block => block)]),
        Body("empty", []),
        Body("noctype", "abc"u8.ToArray(), type: null),
        Body("5mb", FiveMegabytes),
        Body("put", [0xff, 0xfe, 0, .. "bin"u8], "text/plain; charset=utf-8", "PUT"),
        Http("body.chunked", Chunked),
        Http("body.form", Form),
        Http("body.twice", async app => (await app.SendAsync("POST", "bodytwice", "again", ("Content-Type", "text/plain"))).View()),
        Http("body.json", app => Bodies(app, "bodyjson", informative: false,
            ("ok", Person, true), ("pascal", PascalPerson, true), ("extra", """{"name":"A","age":3,"x":1}""", true), ("invalid", "{", true),
            ("noctype", Person, false), ("wrongtype", """{"name":"A","age":"x"}""", true), ("null", "null", true))),
        Http("body.frombody", app => Bodies(app, "bodybound", informative: true,
            ("ok", Person, true), ("pascal", PascalPerson, true), ("invalid", "{", true), ("empty", "", true), ("noctype", Person, false))),
        Http("request.info", Info),
    ];

    private static Scenario Body(string name, byte[] content, string? type = "application/octet-stream", string method = "POST") =>
        Http(
            "body." + name,
            async app => Hashed(await app.SendAsync(method, "bodyhash", content, type is null ? [] : [("Content-Type", type)]), content));

    private static Fields Hashed(Reply reply, byte[] content)
    {
        var view = reply.View();
        if (view["body"] is Fields body)
        {
            view["hashMatches"] = ((string)body.Pop("sha256")!).Equals(
                Convert.ToHexString(SHA256.HashData(content)), StringComparison.OrdinalIgnoreCase);
        }

        return view;
    }

    private static async Task<object?> Chunked(App app)
    {
        var chunks = string.Concat(((int[])[5, 1000, 1]).Select(size => $"{size:x}\r\n{new string('z', size)}\r\n")) + "0\r\n\r\n";
        var reply = await app.RawAsync(
            "POST", "/api/bodyhash", Encoding.ASCII.GetBytes(chunks), ("Transfer-Encoding", "chunked"), ("Content-Type", "x/y"));
        return Hashed(reply, Encoding.ASCII.GetBytes(new string('z', 1006)));
    }

    private static async Task<object?> Form(App app)
    {
        var parts = string.Join(
            "\r\n", "--XX", "Content-Disposition: form-data; name=\"f\"", "", "v", "--XX",
            "Content-Disposition: form-data; name=\"up\"; filename=\"n.txt\"", "Content-Type: text/plain", "", "file body", "--XX--", "");
        return new Fields
        {
            ["urlencoded"] = (await app.SendAsync(
                "POST", "bodyform", "b=2&a=1&a=%C3%A9+x", ("Content-Type", "application/x-www-form-urlencoded"))).View(),
            ["multipart"] = (await app.SendAsync("POST", "bodyform", parts, ("Content-Type", "multipart/form-data; boundary=XX"))).View(),
        };
    }

    private static async Task<object?> Bodies(App app, string path, bool informative, params (string Name, string Body, bool Typed)[] cases)
    {
        var answers = new Fields();
        foreach (var (name, body, typed) in cases)
        {
            var reply = await app.SendAsync("POST", path, body, typed ? [App.JsonType] : []);
            var answer = new Fields { ["status"] = reply.Status, ["body"] = reply.ContentIfOk() };
            if (informative)
            {
                answer["~body"] = Routes.Start(reply.Text(), 200);
            }

            answers[name] = answer;
        }

        return answers;
    }

    private static async Task<object?> Info(App app)
    {
        var get = (await app.GetAsync("reqinfo/S%20g?x=1", ("Host", "example.test:99"))).View();
        var forwarded = (await app.SendAsync(
            "POST", "reqinfo/%C3%A9", [], ("Host", "h.test"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "fwd.test"),
            ("X-Forwarded-For", "9.9.9.9"))).View();
        foreach (var body in new[] { get, forwarded }.Select(view => view["body"]).OfType<Fields>())
        {
            body.Rename("hasEndpoint", "~hasEndpoint");
            body.Rename("hasRemoteIp", "~hasRemoteIp");
        }

        return new Fields { ["get"] = get, ["forwarded"] = forwarded };
    }
}
