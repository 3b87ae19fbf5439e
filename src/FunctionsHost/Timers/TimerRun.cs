using Azure.Storage.Blobs;
using Newtonsoft.Json;

namespace FunctionsHost;

/// <summary>Runs one timer for as long as the lock is held: never twice at once, missed occurrences caught up once.</summary>
internal sealed class TimerRun(HostParts parts, Function function, TimerSchedule schedule, BlobClient blob, ILogger log)
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(1);
    private bool startedBefore;

    private DateTime Now => schedule.Local(parts.Time.GetUtcNow());

    /// <summary>Runs until the first token ends the waiting for the next occurrence; the second one cancels a running invocation.</summary>
    public async Task LoopAsync(TimerLock held, CancellationToken stopping, CancellationToken cutting)
    {
        var start = Now;
        var first = schedule.Next(start);
        // as the real host: nothing is kept for a timer that runs more than once a minute
        var monitored = Flag("useMonitor", true) && schedule.Next(first) - first >= TimeSpan.FromMinutes(1);
        var status = monitored ? await ReadAsync(stopping) : null;
        var pastDue = status is not null && status.Next < start && status.Next > DateTime.MinValue;
        status ??= new Status { Next = first };
        if (pastDue || (Flag("runOnStartup", false) && !startedBefore))
        {
            status = await RunAsync(status, monitored, start, pastDue, cutting);
        }
        else if (status.Next < start)
        {
            status.Next = first;
        }

        startedBefore = true;
        while (true)
        {
            await WaitAsync(status.Next, stopping);
            if (!held.IsHeld)
            {
                return;
            }

            status = await RunAsync(status, monitored, status.Next, pastDue: false, cutting);
        }
    }

    private bool Flag(string name, bool otherwise) => bool.TryParse(function.Trigger[name], out var value) ? value : otherwise;

    private async Task WaitAsync(DateTime due, CancellationToken ct)
    {
        while (schedule.Instant(due) - parts.Time.GetUtcNow() is var rest && rest > TimeSpan.Zero)
        {
            // one millisecond more, or a delay that ends a little early makes the next one zero
            await Task.Delay(rest < LongestDelay ? rest + TimeSpan.FromMilliseconds(1) : LongestDelay, parts.Time, ct);
        }

        ct.ThrowIfCancellationRequested();
    }

    private async Task<Status> RunAsync(Status status, bool monitored, DateTime at, bool pastDue, CancellationToken cutting)
    {
        var info = new { Schedule = new { AdjustForDST = true }, ScheduleStatus = monitored ? status : null, IsPastDue = pastDue };
        try
        {
            await parts.RunAsync(function, function.Invocation(new() { Json = JsonConvert.SerializeObject(info) }), cutting);
        }
        catch (Exception e) when (e is WorkerRpcException or WorkerProcessExitException)
        {
            log.LogError("{Function} failed: {Failure}", function.Name, e.Message);
        }

        var next = schedule.Next(at);
        var done = new Status { Last = at, LastUpdated = at, Next = next < Now ? schedule.Next(Now) : next };
        if (monitored)
        {
            await blob.UploadAsync(BinaryData.FromString(JsonConvert.SerializeObject(done)), overwrite: true, CancellationToken.None);
        }

        return done;
    }

    private async Task<Status?> ReadAsync(CancellationToken ct)
    {
        try
        {
            return JsonConvert.DeserializeObject<Status>((await blob.DownloadContentAsync(ct)).Value.Content.ToString());
        }
        catch (RequestFailedException e) when (e.Status == StatusCodes.Status404NotFound)
        {
            return null;
        }
    }

    /// <summary>The state of a timer in storage, in the form of the real host.</summary>
    private sealed class Status
    {
        public DateTime Last { get; set; }
        public DateTime Next { get; set; }
        public DateTime LastUpdated { get; set; }
    }
}
