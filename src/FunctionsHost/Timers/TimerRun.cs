namespace FunctionsHost;

/// <summary>Runs one timer for as long as the lock is held: never twice at once, missed occurrences caught up once.</summary>
internal sealed class TimerRun(HostParts parts, Function function, TimerSchedule schedule, BlobClient blob)
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(1);
    private readonly ILogger log = parts.Loggers.CreateLogger("Host.Timers");
    private bool startedBefore;

    private DateTime Now => schedule.Local(parts.Time.GetUtcNow());

    public static TimerRun Create(HostParts parts, Function function, BlobContainerClient container)
    {
        var text = parts.Settings.Resolve(function.Trigger["schedule"] ?? "");
        var schedule = TimerSchedule.Parse(text, parts.Settings.TimeZone, function.Name);
        return new(parts, function, schedule, container.GetBlobClient($"timers/{parts.Settings.HostId}/{function.Name}/status"));
    }

    /// <summary>Runs until the token ends the waiting for the next occurrence, or the lock is no longer held at one.</summary>
    public async Task LoopAsync(Func<bool> holdsLock, CancellationToken stopping)
    {
        var start = Now;
        var first = schedule.Next(start);
        // as the real host: nothing is kept for a timer that runs more than once a minute
        var monitored = function.Trigger.GetValue("useMonitor", true) && schedule.Next(first) - first >= TimeSpan.FromMinutes(1);
        var status = monitored ? await ReadAsync(stopping) : null;
        var pastDue = status is not null && status.Next < start && status.Next > DateTime.MinValue;
        status ??= new(default, first, default);
        if (pastDue || (function.Trigger.GetValue("runOnStartup", false) && !startedBefore))
        {
            status = await RunAsync(status, monitored, start, pastDue);
        }
        else if (status.Next < start)
        {
            status = status with { Next = first };
        }

        startedBefore = true;
        await WaitAsync(status.Next, stopping);
        while (holdsLock())
        {
            status = await RunAsync(status, monitored, status.Next, pastDue: false);
            await WaitAsync(status.Next, stopping);
        }
    }

    private async Task WaitAsync(DateTime due, CancellationToken ct)
    {
        while (schedule.Instant(due) - parts.Time.GetUtcNow() is var rest && rest > TimeSpan.Zero)
        {
            // one millisecond more, or a delay that ends a little early makes the next one zero
            await Task.Delay(rest < LongestDelay ? rest + TimeSpan.FromMilliseconds(1) : LongestDelay, parts.Time, ct);
        }

        ct.ThrowIfCancellationRequested();
    }

    private async Task<Status> RunAsync(Status status, bool monitored, DateTime at, bool pastDue)
    {
        var info = new { Schedule = new { AdjustForDST = true }, ScheduleStatus = monitored ? status : null, IsPastDue = pastDue };
        var ended = true;
        try
        {
            await RunAsync(info);
        }
        catch (Exception e)
        {
            // the run that the worker did not end is caught up by the next host
            ended = e is not WorkerProcessExitException;
            log.LogError("{Function} failed: {Failure}", function.Name, e.Message);
        }

        var next = schedule.Next(at);
        var done = new Status(at, next < Now ? schedule.Next(Now) : next, at);
        if (monitored && ended)
        {
            await blob.UploadAsync(BinaryData.FromString(JsonConvert.SerializeObject(done)), overwrite: true, CancellationToken.None);
        }

        return done;
    }

    /// <summary>A run that ended with its worker is repeated once, as a run that ended with its host is caught up.</summary>
    private async Task RunAsync(object info)
    {
        try
        {
            await parts.RunAsync(function, function.Invocation(TypedValues.From(info)), CancellationToken.None);
        }
        catch (WorkerProcessExitException)
        {
            await parts.RunAsync(function, function.Invocation(TypedValues.From(info)), CancellationToken.None);
        }
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

    /// <summary>The state of a timer in storage, in the form of the real host.</summary>
    private sealed record Status(DateTime Last, DateTime Next, DateTime LastUpdated);
}
