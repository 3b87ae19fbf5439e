using System.Diagnostics;
using System.Text;
using Relais.Conformance.Json;
using Relais.Conformance.Wire;
using static Relais.Conformance.Scenario;

namespace Relais.Conformance.Web;

internal static class Connections
{
    internal static readonly Scenario[] All =
    [
        Http("cancel.token", app => Disconnect(app, "slow/6000")),
        Http("cancel.aborted", app => Disconnect(app, "slowaborted/6000")),
        Http("concurrent", Concurrent),
        Http("keepalive", KeepAlive),
    ];

    private static async Task<object?> Disconnect(App app, string path)
    {
        var key = app.Id("slow");
        using (var connection = await Connection.OpenAsync(app.Address, CancellationToken.None))
        {
            await connection.SendOnlyAsync(
                Encoding.ASCII.GetBytes($"GET /api/{path}?key={key} HTTP/1.1\r\nHost: x\r\n\r\n"), CancellationToken.None);
            await app.RecordedAsync("slow:" + key, 1, 10);
            await Clock.Seconds(0.5);
        }

        var seen = (await app.RecordedAsync("slow:" + key, 2, 12)).Select(item => ((string)item!).Split(":aborted=")).ToList();
        return new Fields
        {
            ["seen"] = seen.Select(parts => parts[0]).ToList(),
            ["~aborted"] = seen.Where(parts => parts.Length > 1).Select(parts => parts[1]).ToList(),
        };
    }

    private static async Task<object?> Concurrent(App app)
    {
        var start = Stopwatch.GetTimestamp();
        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => app.GetAsync("slow/1000?key=conc")));
        return new Fields
        {
            ["statuses"] = replies.Select(reply => reply.Status).Distinct().Order().ToList(),
            ["parallel"] = Clock.Since(start) < 6,
        };
    }

    private static async Task<object?> KeepAlive(App app)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var connection = await Connection.OpenAsync(app.Address, limit.Token);
        var statuses = new List<int>();
        foreach (var path in (string[])["ping", "resp/nocontent", "throw/sync", "ping"])
        {
            statuses.Add((await connection.SendAsync("GET", app.Request("GET", "/api/" + path), limit.Token)).Status);
        }

        return statuses;
    }
}
