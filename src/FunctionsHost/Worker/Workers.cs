namespace FunctionsHost;

/// <summary>Keeps one worker running: starts another when it ends, until it ends too often.</summary>
internal sealed class Workers(HostSettings settings, TimeProvider time, ILogger log) : IAsyncDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private readonly ILoggerFactory logs = Logs.ForWorker(settings);
    private readonly WorkerStreams streams = new();
    private readonly RestartPolicy restarts = new(Recovery.WorkerRestarts, Recovery.WorkerRestartWindow);
    private readonly CancellationTokenSource cancelling = new();
    private readonly CancellationTokenSource stopping = new();
    private volatile Task<RunningWorker> current = Task.FromCanceled<RunningWorker>(new(canceled: true));
    private WebApplication? server;

    /// <summary>Completes when no worker follows one that ended.</summary>
    public Task GaveUp { get; private set; } = Task.CompletedTask;

    /// <summary>Cancels the functions that run and those that begin later.</summary>
    public void CancelRunning() => cancelling.Cancel();

    /// <summary>Starts the first worker.</summary>
    /// <exception cref="StartException">It did not start; it is not tried again.</exception>
    public async Task<IReadOnlyList<Function>> StartAsync(CancellationToken ct)
    {
        server = await streams.ListenAsync(settings, ct);
        var first = await StartOneAsync(ct);
        current = Task.FromResult(first);
        GaveUp = WatchAsync(first);
        return first.Functions;
    }

    /// <summary>The running worker; while one is being started, waits for it.</summary>
    public async Task<WorkerSession> CurrentAsync(CancellationToken ct)
    {
        RunningWorker worker;
        while ((worker = await current.WaitAsync(ct)).Session.Ended.IsCompleted)
        {
            // WatchAsync is about to notice it
            await Task.Delay(Poll, time, ct);
        }

        return worker.Session;
    }

    public async ValueTask DisposeAsync()
    {
        await cancelling.CancelAsync();
        await stopping.CancelAsync();
        await GaveUp;
        await (server?.DisposeAsync() ?? ValueTask.CompletedTask);
        logs.Dispose();
    }

    /// <summary>Has each worker followed by another, and ends the last one.</summary>
    private async Task WatchAsync(RunningWorker worker)
    {
        try
        {
            while (true)
            {
                await worker.Session.Ended.WaitAsync(stopping.Token);
                // from here on, work waits for the next worker
                worker = await (current = ReplaceAsync(worker));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WorkerProcessExitException)
        {
            await worker.EndAsync();
        }
    }

    /// <exception cref="WorkerProcessExitException">No worker follows the one that ended.</exception>
    private async Task<RunningWorker> ReplaceAsync(RunningWorker ended)
    {
        log.LogError("The worker ended with exit code {Code}.", await ended.EndAsync());
        while (restarts.PauseAfterEnd(time.GetUtcNow()) is { } pause)
        {
            try
            {
                await Task.Delay(pause, time, stopping.Token);
                return await StartOneAsync(stopping.Token, ended.Functions);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // any failure counts as an end: without a worker the host would only seem to work
                log.LogError("The worker was not started again: {Fault}", e.Message);
            }
        }

        var ends = Recovery.WorkerRestarts.Count + 1;
        log.LogCritical("The worker ended {Count} times within {Window}: see its output above.", ends, Recovery.WorkerRestartWindow);
        throw new WorkerProcessExitException();
    }

    private async Task<RunningWorker> StartOneAsync(CancellationToken ct, IReadOnlyList<Function>? before = null)
    {
        var session = new WorkerSession(Guid.CreateVersion7(time.GetUtcNow()).ToString(), logs, time, cancelling.Token);
        streams.Expect(session);
        var started = await RunningWorker.StartAsync(settings, session, new(server!.Urls.Single()), ct);
        log.LogInformation("The worker runs as process {Process} with {Count} functions.", started.Process.Id, started.Functions.Count);
        if (before?.Select(function => function.Id).ToHashSet().SetEquals(started.Functions.Select(function => function.Id)) == false)
        {
            await started.EndAsync();
            throw new StartException($"The functions of {settings.App.Name} have changed since the host started: start the host again.");
        }

        return started;
    }
}

/// <summary>Decides whether and when a worker that ended is started again.</summary>
internal sealed class RestartPolicy(IReadOnlyList<TimeSpan> pauses, TimeSpan window)
{
    private readonly List<DateTimeOffset> ends = [];

    /// <summary>Null: the worker ended too often within the window.</summary>
    public TimeSpan? PauseAfterEnd(DateTimeOffset now)
    {
        ends.RemoveAll(end => now - end >= window);
        ends.Add(now);
        return ends.Count <= pauses.Count ? pauses[ends.Count - 1] : null;
    }
}
