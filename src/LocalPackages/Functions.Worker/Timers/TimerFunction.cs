using Microsoft.Azure.Functions.Worker.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Timers;

/// <summary>Runs one timer function, one run at a time; what falls due during a run is left out.</summary>
internal sealed partial class TimerFunction(
    LocalFunction function,
    string text,
    TimerSchedule schedule,
    IFunctionInvoker invoker,
    TimeProvider time,
    ILogger logger)
{
    // a timer's longest single wait is limited, and the wall clock may be set meanwhile
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(10);
    private readonly TimerTriggerAttribute trigger = (TimerTriggerAttribute)function.TriggerAttribute;
    private readonly bool monitored = ((TimerTriggerAttribute)function.TriggerAttribute).UseMonitor && !schedule.IsFrequent(time.GetUtcNow());
    private bool startedUp;

    public async Task RunAsync(TimerStatuses statuses, Action changed, CancellationToken stop, CancellationToken cancelWork)
    {
        var known = monitored && statuses.Of(function.Name) is { } stored && stored.Schedule == text ? stored : null;
        var status = known ?? new TimerStatus(text, null, schedule.Next(time.GetUtcNow())!.Value);
        var isPastDue = known is not null && known.Next < time.GetUtcNow();
        var now = isPastDue || (trigger.RunOnStartup && !startedUp);
        Save(status);
        while (!stop.IsCancellationRequested)
        {
            if (!now)
            {
                await UntilAsync(status.Next, stop);
            }

            if (stop.IsCancellationRequested)
            {
                return;
            }

            // not before: who loses the right to run timers at this moment still owes the run
            startedUp = true;
            var started = time.GetUtcNow();
            await InvokeAsync(status, isPastDue, cancelWork);
            status = status with { Last = started, Next = NextAfter(status.Next) };
            (now, isPastDue) = (false, false);
            Save(status);
        }

        void Save(TimerStatus current)
        {
            if (monitored)
            {
                statuses.Set(function.Name, current);
                changed();
            }
        }
    }

    /// <summary>Counts on from the occurrence before, so that intervals do not drift, and past what was missed.</summary>
    private DateTimeOffset NextAfter(DateTimeOffset due)
    {
        var now = time.GetUtcNow();
        if (due > now)
        {
            return due;
        }

        var next = schedule.Next(due);
        return next > now ? next.Value : schedule.Next(now)!.Value;
    }

    private async Task InvokeAsync(TimerStatus status, bool isPastDue, CancellationToken cancelWork)
    {
        var info = new TimerInfo
        {
            IsPastDue = isPastDue,
            ScheduleStatus = monitored ? new ScheduleStatus { Last = Local(status.Last), Next = Local(status.Next), LastUpdated = Local(status.Last) } : null,
        };
        try
        {
            await invoker.InvokeAsync(function, new Invocation((_, _) => info, new Dictionary<string, object?>()), cancelWork);
        }
        catch (Exception e)
        {
            Log.Failed(logger, function.Name, e);
        }
    }

    private async Task UntilAsync(DateTimeOffset due, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && due - time.GetUtcNow() is { Ticks: > 0 } left)
        {
            var wait = TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
            await Task.Delay(wait < LongestDelay ? wait : LongestDelay, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static DateTime Local(DateTimeOffset? moment) => moment?.LocalDateTime ?? DateTime.SpecifyKind(default, DateTimeKind.Local);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Timer function {Function} failed")]
        public static partial void Failed(ILogger logger, string function, Exception exception);
    }
}
