using Relais.Conformance.Json;
using static Relais.Conformance.Scenario;

namespace Relais.Conformance.Timers;

internal static class Ticks
{
    internal static readonly Scenario[] All =
    [
        Timer("each-second", EachSecond),
        Timer("setting-schedule", SettingSchedule),
        Timer("timespan", Interval),
        Timer("slow-no-overlap", Slow),
        Timer("throws", async app => new Fields { ["keepsFiring"] = (await NewAsync(app, "timer:throw", 5)).Count >= 2 }),
        Timer("run-on-startup", RunOnStartup),
        Timer("minute", Minute),
        Timer(
            "nomonitor",
            async app =>
                await RegularAsync(app, "timer:nomonitor") is var tick
                    ? new Fields { ["fired"] = tick.Count > 0, ["pastDue"] = tick.Get("pastDue"), ["hasStatus"] = tick.Get("hasStatus") }
                    : null),
        Timer("five-fields", FiveFields),
    ];

    private static async Task<List<object?>> NewAsync(App app, string key, double seconds)
    {
        var before = (await app.RecordedAsync(key)).Count;
        await Clock.Seconds(seconds);
        return [.. (await app.RecordedAsync(key)).Skip(before)];
    }

    /// <summary>The last regular tick. Storage that was used before first causes a tick that is past due.</summary>
    private static async Task<Fields> RegularAsync(App app, string key)
    {
        var end = Clock.In(75);
        while (true)
        {
            var ticks = (await app.RecordedAsync(key)).Cast<Fields>().ToList();
            if (ticks.LastOrDefault(tick => !tick.Is("pastDue")) is { } regular)
            {
                return regular;
            }

            if (end.Passed)
            {
                return ticks.LastOrDefault() ?? [];
            }

            await Clock.Seconds(0.2);
        }
    }

    private static List<DateTimeOffset> Times(IEnumerable<object?> ticks) =>
        [.. ticks.Cast<Fields>().Select(tick => Clock.Time(tick["now"]))];

    private static async Task<object?> EachSecond(App app)
    {
        var ticks = await NewAsync(app, "timer:each", 5.2);
        var last = (Fields?)ticks.LastOrDefault() ?? [];
        var offsets = Times(ticks).Select(time => Math.Abs(((((time.Ticks % TimeSpan.TicksPerSecond) / 1e7) + 0.3) % 1) - 0.3)).Order()
            .ToList();
        return new Fields
        {
            ["fired"] = ticks.Count is >= 4 and <= 6,
            ["pastDue"] = last.Get("pastDue"),
            ["hasStatus"] = last.Get("hasStatus"),
            ["isNull"] = last.Get("isNull"),
            ["onTheSecond"] = offsets.Count == 0 ? null : offsets[offsets.Count / 2] < 0.2,
        };
    }

    private static async Task<object?> SettingSchedule(App app)
    {
        var ticks = await NewAsync(app, "timer:setting", 6);
        var even = Times(ticks).Skip(1).All(time => (long)Math.Round(time.ToUnixTimeMilliseconds() / 1000d) % 2 == 0);
        return new Fields { ["fired"] = ticks.Count is >= 2 and <= 4, ["evenSeconds"] = even };
    }

    private static async Task<object?> Interval(App app)
    {
        var ticks = await NewAsync(app, "timer:timespan", 9.5);
        return new Fields { ["fired"] = ticks.Count is >= 2 and <= 4, ["hasStatus"] = ((Fields?)ticks.LastOrDefault())?["hasStatus"] };
    }

    private static async Task<object?> Slow(App app)
    {
        var running = (await NewAsync(app, "timer:slow", 9)).Cast<long>().ToList();
        return new Fields
        {
            ["fired"] = running.Count >= 2,
            ["maxConcurrent"] = running.Count == 0 ? null : running.Max(),
            ["~count"] = running.Count,
        };
    }

    private static async Task<object?> RunOnStartup(App app)
    {
        var end = Clock.In(15);
        var ticks = await app.RecordedAsync("timer:startup");
        while (ticks.Count == 0 && !end.Passed)
        {
            await Clock.Seconds(0.2);
            ticks = await app.RecordedAsync("timer:startup");
        }

        var first = (Fields?)ticks.FirstOrDefault() ?? [];
        DateTimeOffset? next = first.Get("next") is string text ? Clock.Time(text) : null;
        return new Fields
        {
            ["runs"] = ticks.Count,
            ["pastDue"] = first.Get("pastDue"),
            ["hasStatus"] = first.Get("hasStatus"),
            ["nextMonthDay"] = next is { } day ? (int[])[day.Month, day.Day] : null,
            ["nextInFuture"] = next is { } due ? due > Clock.Now : null,
            ["~first"] = new Fields
            {
                ["last"] = first.Get("last"),
                ["lastUpdated"] = first.Get("lastUpdated"),
                ["lastKind"] = first.Get("lastKind"),
                ["nextKind"] = first.Get("nextKind"),
            },
        };
    }

    private static async Task<object?> Minute(App app)
    {
        var tick = await RegularAsync(app, "timer:minute");
        var seen = new Fields { ["fired"] = tick.Count > 0, ["pastDue"] = tick.Get("pastDue"), ["hasStatus"] = tick.Get("hasStatus") };
        if (tick.Get("next") is not string written)
        {
            return seen;
        }

        var (now, next, last) = (Clock.Time(tick["now"]), Clock.Time(written), tick.Text("last")!);
        seen["nextIsThisRun"] = Math.Abs((next - now).TotalSeconds) < 5;
        seen["nextOnTheMinute"] = next.Second == 0;
        seen["lastUpdated==last"] = last == tick.Text("lastUpdated");
        seen["~last"] = last.StartsWith("0001", StringComparison.Ordinal)
            ? "0001"
            : (now - Clock.Time(last)).TotalSeconds is > 55 and < 65
            ? "about a minute ago"
            : "else";
        seen["~lastKind"] = tick["lastKind"];
        seen["~nextKind"] = tick["nextKind"];
        return seen;
    }

    private static async Task<object?> FiveFields(App app)
    {
        var tick = await RegularAsync(app, "timer:five");
        return new Fields
        {
            ["fired"] = tick.Count > 0,
            ["onTheMinute"] = tick.Count == 0 ? null : Math.Min(Clock.Time(tick["now"]).Second, 60 - Clock.Time(tick["now"]).Second) <= 2,
        };
    }
}
