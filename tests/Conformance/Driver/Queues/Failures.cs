using System.Text;
using Relais.Conformance.Json;
using Relais.Conformance.Wire;
using static Relais.Conformance.Scenario;

namespace Relais.Conformance.Queues;

internal static class Failures
{
    internal static readonly Scenario[] All =
    [
        Queue("fail", "fail.poison", Poison),
        Queue("fail", "fail.recover", Recover),
        Queue("handled", "poison.handler", Handler),
        Queue("badjson", "badjson", BadJson),
        Queue("badjson", "badjson.null", NullJson),
        Queue("text", "notbase64", NotBase64),
        Queue("parallel", "parallel", Parallel).Quietly(),
    ];

    private static async Task<object?> Poison(App app)
    {
        var key = app.Id("qf");
        var body = key + "|99|body é";
        await app.Queues.PutAsync("cf-fail", body);
        await app.RecordedAsync("q:" + key, 3, 40);
        var poison = await app.Queues.TakeAsync("cf-fail-poison", text => text.StartsWith(key, StringComparison.Ordinal), 1, 30, 1);
        await Clock.Seconds(2);
        var seen = (await app.RecordedAsync("q:" + key)).Cast<Fields>().ToList();
        return new Fields
        {
            ["attempts"] = seen.Count,
            ["dequeueCounts"] = seen.Select(attempt => attempt["dequeue"]).ToList(),
            ["gapsAtLeast1s"] = seen.Zip(seen.Skip(1), (earlier, later) => (long)later["at"]! - (long)earlier["at"]! >= 950).ToList(),
            ["poison"] = QueueText.View(poison),
            ["poisonIdentical"] = poison.Select(message => message.Raw == Convert.ToBase64String(Encoding.UTF8.GetBytes(body))).ToList(),
        };
    }

    private static async Task<object?> Recover(App app)
    {
        var key = app.Id("qf");
        await app.Queues.PutAsync("cf-fail", key + "|1|body");
        await app.RecordedAsync("q:" + key, 2, 30);
        await Clock.Seconds(3);
        return new Fields
        {
            ["dequeueCounts"] = (await app.RecordedAsync("q:" + key)).Cast<Fields>().Select(attempt => attempt["dequeue"]).ToList(),
        };
    }

    private static async Task<object?> Handler(App app)
    {
        var key = app.Id("qh");
        await app.Queues.PutAsync("cf-handled", key + "|p");
        return await app.RecordedAsync("q:" + key, 1, 40);
    }

    private static async Task<object?> BadJson(App app)
    {
        await app.ClearAsync("mwerr:QBadJson");
        await app.ClearAsync("qbadjson");
        var key = app.Id("qj");
        await app.Queues.PutAsync("cf-badjson", $$"""{"Key":"{{key}}" """.TrimEnd());
        var poison = await app.Queues.TakeAsync("cf-badjson-poison", text => text.Contains(key, StringComparison.Ordinal), 1, 40, 1);
        return new Fields
        {
            ["functionRan"] = await app.RecordedAsync("qbadjson"),
            ["middlewareErrors"] = await app.RecordedAsync("mwerr:QBadJson"),
            ["poison"] = QueueText.View(poison),
        };
    }

    private static async Task<object?> NullJson(App app)
    {
        await Clock.Seconds(0.5);
        await app.Queues.PutAsync("cf-badjson", "null");
        var poison = await app.Queues.TakeAsync("cf-badjson-poison", text => text == "null", 1, 12);
        return new Fields
        {
            ["functionRan"] = (await app.RecordedAsync("qbadjson", 1, 1)).TakeLast(1).ToList(),
            ["poison"] = QueueText.View(poison),
        };
    }

    private static async Task<object?> NotBase64(App app)
    {
        var key = app.Id("qx");
        await app.Queues.PutRawAsync("cf-string", key + "|plain text!");
        var seen = await app.RecordedAsync("q:" + key, 1, 6);
        var poison = await app.Queues.TakeAsync("cf-string-poison", text => text.Contains(key, StringComparison.Ordinal), 1, 8);
        return new Fields { ["ran"] = seen.Count, ["poison"] = QueueText.View(poison) };
    }

    private static async Task<object?> Parallel(App app)
    {
        var key = app.Id("par");
        await app.Queues.CreateAsync("cf-parallel");
        for (var i = 0; i < 40; i++)
        {
            await app.Queues.PutAsync("cf-parallel", $"{key}|{i}");
        }

        await app.RecordedAsync("pardone:" + key, 40, 60);
        var running = (await app.RecordedAsync("par:" + key)).Cast<long>().ToList();
        return new Fields
        {
            ["executions"] = running.Count,
            ["~max"] = running.Max(),
            ["atLeastABatch"] = running.Max() >= 4,
            ["boundedByBatchPlusThreshold"] = running.Max() <= 6,
            ["tokenCanBeCanceled"] = (await app.RecordedAsync("pardone:" + key)).Cast<bool>().Distinct().Order().ToList(),
        };
    }
}
