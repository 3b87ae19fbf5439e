using Relais.Conformance.Json;
using Relais.Conformance.Wire;
using static Relais.Conformance.Scenario;

namespace Relais.Conformance.Web;

internal static class Keys
{
    internal static readonly Scenario[] All = [Http("auth", Auth)];

    private static async Task<object?> Auth(App app)
    {
        if (app.Key == "")
        {
            return "skipped";
        }

        var (key, code) = (app.Key, Uri.EscapeDataString(app.Key).Replace("%2F", "/", StringComparison.Ordinal));
        return new Fields
        {
            ["function.none"] = await Ask(app, "auth/function"),
            ["function.header"] = await Ask(app, "auth/function", key),
            ["function.code"] = await Ask(app, "auth/function?code=" + code + "&a=1"),
            ["function.wrong"] = await Ask(app, "auth/function", "wrong"),
            ["function.codewrong"] = await Ask(app, "auth/function?code=wrong"),
            ["function.empty"] = await Ask(app, "auth/function", ""),
            ["~function.otherCaseKey"] = (await Ask(app, "auth/function", OtherCase(key)))["status"],
            ["function.CODE"] = await Ask(app, "auth/function?CODE=" + code),
            ["function.bearer"] = Seen(app, await app.GetAsync("auth/function", ("Authorization", "Bearer " + key))),
            ["function.headerwrong+coderight"] = await Ask(app, "auth/function?code=" + code, "wrong"),
            ["function.headerright+codewrong"] = await Ask(app, "auth/function?code=wrong", key),
            ["function.post"] = Seen(app, await app.SendAsync("POST", "auth/function", "x")),
            ["function.put"] = Seen(app, await app.SendAsync("PUT", "auth/function", "x")),
            ["admin.none"] = await Ask(app, "auth/admin"),
            ["admin.functionkey"] = await Ask(app, "auth/admin", key),
            ["anonymous.none"] = await Ask(app, "auth/anonymous"),
            ["anonymous.wrong"] = await Ask(app, "auth/anonymous?code=wrong", "wrong"),
            ["default.none"] = await Ask(app, "auth/default"),
            ["default.header"] = await Ask(app, "auth/default", key),
            ["trace.none"] = await TracesOfARefusal(app),
        };
    }

    private static async Task<Fields> Ask(App app, string path, string? key = null) =>
        Seen(app, await app.GetAsync(path, key is null ? [] : [("x-functions-key", key)]));

    private static Fields Seen(App app, Reply reply) => new()
    {
        ["status"] = reply.Status,
        ["body"] = reply.TextIfOk()?.Replace(app.Key, "<key>", StringComparison.Ordinal),
        ["bodyEmpty"] = reply.Body.Length == 0,
        ["www"] = reply.Header("www-authenticate"),
    };

    private static async Task<int> TracesOfARefusal(App app)
    {
        var trace = app.Id("authtrace");
        await app.GetAsync("auth/function", ("x-trace-key", trace));
        return (await app.RecordedAsync("trace:" + trace)).Count;
    }

    private static string OtherCase(string text) =>
        string.Concat(text.Select(c => char.IsUpper(c) ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c)));
}
