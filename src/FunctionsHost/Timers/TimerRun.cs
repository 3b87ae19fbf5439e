namespace FunctionsHost;

/// <summary>Runs one timer trigger while this host holds its lock: never twice at once, missed occurrences caught up once.</summary>
internal sealed class TimerRun(HostParts parts, Function function, IDistributedLockManager locks) : BackgroundService
{
    private readonly TimerSchedule schedule = TimerSchedule.Parse(
        parts.Settings.Resolve(function.Trigger["schedule"] ?? ""), parts.Settings.TimeZone, function.Name);

    private readonly ILogger log = parts.Loggers.CreateLogger("Host.Timers");
    private readonly BlobClient blob =
        new(parts.Settings.Connection(null), "azure-webjobs-hosts", $"timers/{parts.Settings.HostId}/{function.Name}/status");

    private readonly TimerLock ownership =
        new(locks, $"{parts.Settings.HostId}/{function.Name}", parts.Time, parts.Loggers.CreateLogger("Host.Timers"));

    private bool startedBefore;
    private bool monitored;

    private DateTime Now => schedule.Local(parts.Time.GetUtcNow());

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        ownership.RunAsync(() => LoopAsync(stoppingToken), stoppingToken);

    /// <summary>Runs each occurrence until the lock is lost. The host stops between two runs, not in the middle of one.</summary>
    private async Task LoopAsync(CancellationToken stopping)
    {
        var start = Now;
        var first = schedule.Next(start);
        // as the real host: nothing is kept for a timer that runs more than once a minute
        monitored = function.Trigger.GetValue("useMonitor", true) && schedule.Next(first) - first >= TimeSpan.FromMinutes(1);
        var status = (monitored ? await ReadAsync(stopping) : null) ?? new(default, first, default);
        var pastDue = status.Next < start && status.Next > DateTime.MinValue;
        var due = start;
        if (!pastDue && (startedBefore || !function.Trigger.GetValue("runOnStartup", false)))
        {
            due = status.Next < start ? first : status.Next;
            status = status with { Next = due };
            // stored before the first occurrence too, so that it is caught up when no host runs then
            await WriteAsync(status);
        }

        startedBefore = true;
        for (; await WaitAsync(due, stopping); (due, pastDue) = (status.Next, false))
        {
            status = await RunAsync(status, due, pastDue);
        }
    }

    /// <summary>True when the time has come, false when the lock is lost.</summary>
    private async Task<bool> WaitAsync(DateTime due, CancellationToken ct)
    {
        while (ownership.IsHeld && schedule.Instant(due) - parts.Time.GetUtcNow() is var rest && rest > TimeSpan.Zero)
        {
            // one millisecond more, or a delay that ends a little early makes the next one zero
            var delay = rest < Recovery.TimerLeasePoll ? rest + TimeSpan.FromMilliseconds(1) : Recovery.TimerLeasePoll;
            await Task.Delay(delay, parts.Time, ct);
        }

        ct.ThrowIfCancellationRequested();
        return ownership.IsHeld;
    }

    private async Task<Status> RunAsync(Status status, DateTime at, bool pastDue)
    {
        var info = new { Schedule = new { AdjustForDST = true }, ScheduleStatus = monitored ? status : null, IsPastDue = pastDue };
        var ended = false;
        // a run that ended with its worker is repeated once; one that ended with two workers is caught up by the next host
        for (var attempt = 0; attempt < 2 && !ended; attempt++)
        {
            try
            {
                await parts.RunAsync(function, function.Invocation(TypedValues.From(info)), CancellationToken.None);
                ended = true;
            }
            catch (Exception e)
            {
                ended = e is not WorkerProcessExitException;
                log.LogError("{Function} failed: {Failure}", function.Name, e.Message);
            }
        }

        var next = schedule.Next(at);
        var done = new Status(at, next < Now ? schedule.Next(Now) : next, at);
        if (ended)
        {
            await WriteAsync(done);
        }

        return done;
    }

    private async Task<Status?> ReadAsync(CancellationToken ct)
    {
        try
        {
            return JsonConvert.DeserializeObject<Status>((await blob.DownloadContentAsync(ct)).Value.Content.ToString());
        }
        catch (Exception e) when (e is RequestFailedException { Status: StatusCodes.Status404NotFound } or JsonException)
        {
            return null;
        }
    }

    private async Task WriteAsync(Status status)
    {
        if (monitored)
        {
            await blob.UploadAsync(BinaryData.FromString(JsonConvert.SerializeObject(status)), overwrite: true, CancellationToken.None);
        }
    }

    /// <summary>The state of a timer in storage, in the form of the real host.</summary>
    private sealed record Status(DateTime Last, DateTime Next, DateTime LastUpdated);
}
