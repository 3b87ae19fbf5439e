namespace FunctionsHost;

/// <summary>Keeps one worker running: starts another when it ends, until it ends too often.</summary>
internal sealed class Workers(HostSettings settings, WorkerStreams streams, Uri rpc, TimeProvider time, ILogger log) : IAsyncDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private readonly ILoggerFactory logs = Logs.ForWorker(settings);
    private readonly RestartPolicy restarts = new(Recovery.WorkerRestarts, Recovery.WorkerRestartWindow);
    private readonly CancellationTokenSource stopping = new();
    private readonly TaskCompletionSource gaveUp = new();
    private volatile TaskCompletionSource<WorkerSession> current = NextSession();
    private RunningWorker? worker;
    private Task watching = Task.CompletedTask;

    /// <summary>Completes when the worker has ended too often.</summary>
    public Task GaveUp => gaveUp.Task;

    public int RunningInvocations => worker?.Session.Running ?? 0;

    /// <summary>Cancels the functions that run and those that begin later.</summary>
    public void CancelRunning() => worker?.Session.CancelRunning();

    /// <summary>Starts the first worker.</summary>
    /// <exception cref="StartException">It did not start; it is not tried again.</exception>
    public async Task<IReadOnlyList<Function>> StartAsync(CancellationToken ct)
    {
        worker = await StartOneAsync(ct);
        current.SetResult(worker.Session);
        watching = WatchAsync(worker.Functions);
        return worker.Functions;
    }

    /// <summary>The running worker; while one is being started, waits for it.</summary>
    public async Task<WorkerSession> CurrentAsync(CancellationToken ct)
    {
        var session = await current.Task.WaitAsync(ct);
        while (session.Ended.IsCompleted)
        {
            // WatchAsync is about to notice it
            await Task.Delay(Poll, time, ct);
            session = await current.Task.WaitAsync(ct);
        }

        return session;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        if (worker is not null)
        {
            worker.Session.Terminate(Grace);
            await Task.WhenAny(worker.Process.Exited, Task.Delay(Grace * 2, time));
            worker.Process.Kill();
        }

        await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        logs.Dispose();
        stopping.Dispose();
    }

    private static TaskCompletionSource<WorkerSession> NextSession() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<RunningWorker> StartOneAsync(CancellationToken ct)
    {
        var session = new WorkerSession(Guid.CreateVersion7(time.GetUtcNow()).ToString(), logs, time);
        streams.Expect(session);
        var started = await RunningWorker.StartAsync(settings, session, rpc, ct);
        log.LogInformation("The worker runs as process {Process} with {Count} functions.", started.Process.Id, started.Functions.Count);
        return started;
    }

    private async Task WatchAsync(IReadOnlyList<Function> functions)
    {
        try
        {
            while (worker is { } running)
            {
                await running.Session.Ended;
                // from here on, work waits for the next worker
                current = NextSession();
                var code = await running.EndedAsync();
                stopping.Token.ThrowIfCancellationRequested();
                log.LogError("The worker ended with exit code {Code}.", code);
                if ((worker = await RestartAsync(functions)) is not null)
                {
                    current.SetResult(worker.Session);
                }

                if (stopping.IsCancellationRequested)
                {
                    // DisposeAsync may have looked before this worker was there
                    worker?.Process.Kill();
                }
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogCritical(e, "The worker could not be started again.");
        }
        finally
        {
            // no worker follows, so callers must not wait for one
            current.TrySetException(new WorkerProcessExitException());
            gaveUp.TrySetResult();
        }
    }

    /// <summary>Null when the worker ended too often, or came back with other functions.</summary>
    private async Task<RunningWorker?> RestartAsync(IReadOnlyList<Function> functions)
    {
        while (restarts.PauseAfterEnd(time.GetUtcNow()) is { } pause)
        {
            try
            {
                await Task.Delay(pause, time, stopping.Token);
                var started = await StartOneAsync(stopping.Token);
                if (started.Functions.Select(function => function.Id).ToHashSet().SetEquals(functions.Select(function => function.Id)))
                {
                    return started;
                }

                log.LogCritical("The functions of {App} have changed since the host started: start the host again.", settings.App.Name);
                started.Process.Kill();
                return null;
            }
            catch (StartException e)
            {
                log.LogError("{Fault}", e.Message);
            }
        }

        var ends = Recovery.WorkerRestarts.Count + 1;
        log.LogCritical("The worker ended {Count} times within {Window}: see its output above.", ends, Recovery.WorkerRestartWindow);
        return null;
    }
}

/// <summary>Decides whether and when a worker that ended is started again.</summary>
internal sealed class RestartPolicy(IReadOnlyList<TimeSpan> pauses, TimeSpan window)
{
    private readonly Queue<DateTimeOffset> ends = new();

    /// <summary>Null: the worker ended too often within the window.</summary>
    public TimeSpan? PauseAfterEnd(DateTimeOffset now)
    {
        while (ends.TryPeek(out var oldest) && now - oldest >= window)
        {
            ends.Dequeue();
        }

        ends.Enqueue(now);
        return ends.Count <= pauses.Count ? pauses[ends.Count - 1] : null;
    }
}
