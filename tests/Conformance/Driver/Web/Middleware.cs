using Relais.Conformance.Json;
using static Relais.Conformance.Scenario;

namespace Relais.Conformance.Web;

internal static class Middleware
{
    internal static readonly Scenario[] All =
    [
        Traced("order", "trace/plain"),
        Traced("headers", "trace/created", ("x-mw-header", "1")),
        Traced("headers.action", "action/okobj", ("x-mw-header", "1")),
        Traced("headers.written", "ret/write", ("x-mw-header", "1")),
        Traced("replace", "trace/plain", ("x-mw-replace", "1")),
        .. ((string[])["response", "status", "result", "iresult"])
            .Select(kind => Traced("short." + kind, "trace/plain", ("x-mw-short", kind))),
        Failing("short.throw", "trace/plain", ("x-mw-short", "throw")),
        Failing("catch.none", "trace/throw"),
        Traced("catch.response", "trace/throw", ("x-mw-catch", "response")),
        Traced("catch.result", "trace/throw", ("x-mw-catch", "result")),
        Traced("catch.mwthrow", "trace/plain", ("x-mw-catch", "response"), ("x-mw-short", "throw")),
        Http("mw.catch.iresult-throws", UnseenFailure),
        Http("mw.unknownroute", async app => (await TraceAsync(app, "unknown/route"))["trace"]),
    ];

    private static Scenario Traced(string name, string path, params (string Name, string Value)[] headers) =>
        Http("mw." + name, async app => await TraceAsync(app, path, headers));

    private static Scenario Failing(string name, string path, params (string Name, string Value)[] headers) =>
        Http("mw." + name, async app =>
    {
        var trace = await TraceAsync(app, path, headers);
        trace.Object("response").Rename("body", "~body");
        trace.Object("response").Rename("contentType", "~contentType");
        return trace;
    });

    private static async Task<object?> UnseenFailure(App app)
    {
        var trace = await TraceAsync(app, "throw/iresult", ("x-mw-catch", "response"));
        var response = trace.Object("response");
        return new Fields { ["status"] = response["status"], ["caught"] = response["x-caught"], ["trace"] = trace["trace"] };
    }

    private static async Task<Fields> TraceAsync(App app, string path, params (string Name, string Value)[] headers)
    {
        var key = app.Id("trace");
        var reply = await app.GetAsync(path, [("x-trace-key", key), .. headers]);
        return new Fields
        {
            ["response"] = reply.View("x-from-mw", "x-from-mw-after", "x-caught"),
            ["trace"] = await app.RecordedAsync("trace:" + key, 1, 5),
            ["after"] = await app.RecordedAsync("mwafter:" + key),
        };
    }
}
