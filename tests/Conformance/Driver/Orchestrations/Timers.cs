using System.Diagnostics;
using System.Globalization;
using Relais.Conformance.Json;
using static Relais.Conformance.Orchestrations.Basics;
using static Relais.Conformance.Scenario;

namespace Relais.Conformance.Orchestrations;

internal static class Timers
{
    internal static readonly Scenario[] All =
    [
        Durable("timer.order", Order),
        Durable("timer.precision", Precision),
        Run("timer.precancelled", "O_TimerPreCancelled"),
        Run("timer.past", "O_TimerPast"),
        Durable("timer.cancel", Cancel),
        Durable("open.timer", OpenTimer),
        Open("activity", "O_ActivityLeft"),
        Open("activity.fails", "O_FailOpen"),
        Open("event", "O_EventLeft"),
        Open("can", "O_CanOpen"),
        Durable("timer.whenany.event", WhenAnyEvent),
        Durable("timer.whenany.timeout", WhenAnyTimeout),
    ];

    private static double Number(object? value) => Convert.ToDouble(value, CultureInfo.InvariantCulture);

    private static async Task<object?> Order(App app)
    {
        var view = (await app.GoAsync("O_TimerOrder", label: "timerorder"))!;
        if (view["output"] is List<object?> { Count: 3 } output)
        {
            var (first, both) = (Number(output[1]), Number(output[2]));
            view["output"] = new Fields
            {
                ["first"] = output[0],
                ["firstWithin"] = first is >= 1 and <= 4.5,
                ["bothWithin"] = both is >= 4 and <= 9,
                ["~earlierThanDue"] = (bool[])[first < 2, both < 5],
            };
        }

        return view;
    }

    private static async Task<object?> Precision(App app)
    {
        var view = (await app.GoAsync("O_TimerPrecision", label: "timerprec"))!;
        if (view["output"] is List<object?> output)
        {
            var late = output.Select(Number).ToList();
            view["output"] = new Fields
            {
                ["neverMoreThan1sEarly"] = late.All(ms => ms > -1001),
                ["~firesEarly"] = late.Select(ms => ms < 0).ToList(),
                ["~ms"] = late.Select(ms => Math.Round(ms / 100) * 100).ToList(),
            };
        }

        return view;
    }

    private static async Task<object?> Cancel(App app)
    {
        var start = Stopwatch.GetTimestamp();
        var view = (await app.GoAsync("O_TimerCancel", label: "durable.timer.cancel", timeout: 40))!;
        view["promptly"] = Clock.Since(start) < 25;
        return view;
    }

    // The function returns while a timer of 300 s is neither awaited nor cancelled.
    private static async Task<object?> OpenTimer(App app)
    {
        var id = app.Id("opentimer");
        await app.StartAsync("O_TimerLeft", null, id);
        await Clock.Seconds(8);
        var view = Views.Meta(await app.MetaAsync(id));
        await app.TerminateAsync(id);
        return view;
    }

    private static Scenario Open(string name, string orchestration) => Durable("open." + name, async app =>
    {
        var id = app.Id(orchestration);
        await app.StartAsync(orchestration, null, id);
        await app.RunningAsync(id);
        await Clock.Seconds(2);
        return new Fields { ["after2s"] = await app.StatusAsync(id), ["final"] = Views.Meta(await app.CompletedAsync(id, 30)) };
    });

    private static async Task<object?> WhenAnyEvent(App app)
    {
        var id = app.Id("tve");
        await app.StartAsync("O_TimerVsEvent", 60, id);
        await app.RunningAsync(id);
        await app.RaiseAsync(id, "go", "x");
        return Views.Meta(await app.CompletedAsync(id, 30));
    }

    private static async Task<object?> WhenAnyTimeout(App app)
    {
        var id = app.Id("tvt");
        await app.StartAsync("O_TimerVsEvent", 2, id);
        var view = Views.Meta(await app.CompletedAsync(id, 30));
        return new Fields
        {
            ["meta"] = view,
            ["lateRaise"] = Views.Call(await app.RaiseAsync(id, "go", "late")),
            ["after"] = Views.Meta(await app.MetaAsync(id)),
        };
    }
}
