namespace FunctionsHost;

/// <summary>Starts the parts of the host in order, waits for its end, and stops them in order.</summary>
internal sealed class HostRun(HostSettings settings, CancellationToken stop)
{
    /// <summary>How long before the drain limit running functions are cancelled, so that their results can still be stored.</summary>
    private static readonly TimeSpan CancelBeforeLimit = TimeSpan.FromSeconds(5);

    private readonly TimeProvider time = TimeProvider.System;
    private WebApplication? front;
    private IHost? jobs;
    private TimerRun[] timers = [];

    /// <summary>Returns the exit code.</summary>
    public async Task<int> RunAsync()
    {
        using var loggers = LoggerFactory.Create(logging => Logs.ForHost(logging, settings));
        var log = loggers.CreateLogger("Host");
        try
        {
            await StartChecks.RequireFreePortAsync(settings, stop);
            await using var workers = new Workers(settings, time, log);
            try
            {
                await StartPartsAsync(new HostParts(settings, await workers.StartAsync(stop), workers, time, loggers));
                log.LogInformation("Listening on {Url}", settings.Url);
                await Task.WhenAny(workers.GaveUp, Task.Delay(Timeout.InfiniteTimeSpan, time, stop));
            }
            finally
            {
                // requests, messages and timers end before the worker does
                await StopPartsAsync(workers, log);
            }

            return stop.IsCancellationRequested ? ExitCodes.Stopped : ExitCodes.WorkerKeptEnding;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCodes.Stopped;
        }
    }

    private async Task StartPartsAsync(HostParts parts)
    {
        if (parts.NeedStorage)
        {
            await StartChecks.RequireStorageAsync(settings, stop);
            jobs = await JobsHost.StartAsync(parts, stop);
            var locks = jobs.Services.GetRequiredService<IDistributedLockManager>();
            var functions = parts.Functions.Where(function => function.Kind == TriggerKind.Timer);
            timers = [.. functions.Select(function => new TimerRun(parts, function, locks))];
            await Task.WhenAll(timers.Select(timer => timer.StartAsync(stop)));
        }

        front = await HttpFront.StartAsync(parts, stop);
    }

    private async Task StopPartsAsync(Workers workers, ILogger log)
    {
        var drain = workers.GaveUp.IsCompleted ? TimeSpan.Zero : settings.DrainLimit;
        using var limit = new CancellationTokenSource(drain, time);
        var reserve = drain < CancelBeforeLimit * 4 ? drain / 4 : CancelBeforeLimit;
        using var cancelling = new CancellationTokenSource(drain - reserve, time);
        using var cancel = cancelling.Token.Register(() => Cancel(workers));
        var drained = jobs?.Services.GetRequiredService<IDrainModeManager>().EnableDrainModeAsync(limit.Token);
        Task?[] ends = [front?.StopAsync(limit.Token), drained, .. timers.Select(timer => timer.StopAsync(limit.Token))];
        try
        {
            await Task.WhenAll(ends.OfType<Task>()).WaitAsync(limit.Token);
            // last, because requests and timers use the Durable clients that it serves
            await (jobs?.StopAsync(limit.Token) ?? Task.CompletedTask).WaitAsync(limit.Token);
        }
        catch (Exception e) when (e.GetBaseException() is OperationCanceledException)
        {
            log.LogWarning("Functions that did not end within {Limit} are given up.", settings.DrainLimit);
        }
        catch (Exception e) when (e is AggregateException or RequestFailedException)
        {
            log.LogWarning("The host stopped without the storage account: {Fault}", e.GetBaseException().Message);
        }
    }

    private void Cancel(Workers workers)
    {
        // the Durable extension returns activities that are cancelled from here on to their queue, where before it would record a failure
        jobs?.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        workers.CancelRunning();
    }
}
