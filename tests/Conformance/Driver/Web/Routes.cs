using Relais.Conformance.Json;
using static Relais.Conformance.Json.Normaliser;
using static Relais.Conformance.Scenario;

namespace Relais.Conformance.Web;

internal static class Routes
{
    private static readonly string[] Paths =
    [
        "/api/ping", "/ping", "/api/ping/", "/API/Ping", "/api//ping", "/api/NoRoute", "/api/noroute", "/api/unknown", "/api", "/api/",
        "/api/ping/extra",
    ];

    private static readonly string[] Conversions = ["conv/5", "conv/abc", "conv/2147483648", "convguid/" + KnownGuid, "convguid/nope"];

    private static readonly string[] Queries = ["a=1&b=2", "a=1&a=2&A=3", "a", "a=", "a=%20x+y%2B", "a=%C3%A9", "x[0]=1", "a=1,2", ""];

    internal static readonly Scenario[] All =
    [
        Http(
            "prefix",
            app =>
                Each(
                    Paths,
                    async path =>
                        await app.RawAsync("GET", path) is var reply
                            ? new Fields { ["status"] = reply.Status, ["body"] = reply.TextIfOk() }
                            : null)),
        Http("root", async app => new Fields { ["~status"] = (await app.RawAsync("GET", "/")).Status }),
        Route(
            "guid", "guid/" + KnownGuid, "guid/" + KnownGuid.ToUpperInvariant(),
            "guid/" + KnownGuid.Replace("-", "", StringComparison.Ordinal), "guid/%7B" + KnownGuid + "%7D", "guid/xyz", "guid/", "guid"),
        Route("int", "int/5", "int/-5", "int/%2B5", "int/005", "int/2147483647", "int/2147483648", "int/x", "int/5.0", "int/"),
        Route(
            "otherconstraints", "range/1", "range/5", "range/6", "range/0", "alpha/abc", "alpha/ABC", "alpha/abcd", "alpha/ab1",
            "bool/true", "bool/True", "bool/1"),
        Route("optional", "opt/v", "opt", "opt/", "opt/a/b", "opt/a%20b", "opt/%2F", "optint/3", "optint", "optint/x", "def", "def/given"),
        Route(
            "catchall", "catch/a", "catch/a/b/c.txt", "catch", "catch/", "catch/a%2Fb", "catch/a%20b", "catch/a//b", "catch/a/",
            "catch/%C3%A9"),
        Route("two", "a/x/b/3", "a/x/b/y", "a/x%20y/b/3", "a//b/3"),
        Route("precedence", "over/fixed", "over/FIXED", "over/other", "over/7"),
        Http("route.conversion", app => Each(Conversions, async path => await app.GetAsync(path) is var reply
            ? new Fields { ["status"] = reply.Status, ["body"] = reply.ContentIfOk(), ["~body"] = Start(reply.Text(), 200) } : null)),
        Http("methods", Methods),
        Http("query", app => Each(Queries, async query => (await app.GetAsync("query?" + query)).Content())),
        Http(
            "query.raw",
            app => Each(["?a=%20b&c=d+e", "", "?", "?sig=a%2Bb%3D"], async query => (await app.GetAsync("queryraw" + query)).Text())),
        Http("query.bound", app => Each(["?q=v", "", "?q=", "?q=1&q=2", "?Q=v"], query => ReachedAsync(app, "querybound" + query))),
    ];

    internal static string Start(string text, int length) => text.Length <= length ? text : text[..length];

    private static Scenario Route(string name, params string[] paths) =>
        Http("route." + name, app => Each(paths, path => ReachedAsync(app, path)));

    private static async Task<object?> ReachedAsync(App app, string path)
    {
        var reply = await app.GetAsync(path);
        return new Fields { ["status"] = reply.Status, ["body"] = reply.ContentIfOk() };
    }

    private static async Task<object?> Each(IEnumerable<string> names, Func<string, Task<object?>> ask)
    {
        var answers = new Fields();
        foreach (var name in names)
        {
            answers[name] = await ask(name);
        }

        return answers;
    }

    private static async Task<object?> Methods(App app)
    {
        var answers = new Fields();
        foreach (var path in (string[])["multi", "split", "split/" + KnownGuid, "ping", "anymethod"])
        {
            foreach (var method in (string[])["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
            {
                var reply = await app.SendAsync(method, path, method is "POST" or "PUT" or "PATCH" ? [] : null);
                answers[$"{method} {path}"] = new Fields
                {
                    ["status"] = reply.Status,
                    ["body"] = reply.TextIfOk(),
                    ["allow"] = reply.Header("Allow"),
                };
            }
        }

        return answers;
    }
}
