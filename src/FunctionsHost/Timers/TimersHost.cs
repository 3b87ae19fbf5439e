namespace FunctionsHost;

/// <summary>Runs the timer triggers while this host holds their lock, a blob lease, and tries to take it while another host does.</summary>
internal sealed class TimersHost(HostParts parts, IDistributedLockManager locks, TimerRun[] timers) : BackgroundService
{
    private readonly TimeProvider time = parts.Time;
    private readonly ILogger log = parts.Loggers.CreateLogger("Host.Timers");
    private long renewed;

    /// <summary>False also when this process was paused for longer than the lease.</summary>
    private bool HoldsLock => time.GetElapsedTime(Interlocked.Read(ref renewed)) < Recovery.TimerLease;

    public static async Task<TimersHost> StartAsync(HostParts parts, IDistributedLockManager locks, CancellationToken ct)
    {
        var container = new BlobContainerClient(parts.Settings.Connection(null), "azure-webjobs-hosts");
        var timers = parts.Functions.Where(function => function.Kind == TriggerKind.Timer);
        var host = new TimersHost(parts, locks, [.. timers.Select(timer => TimerRun.Create(parts, timer, container))]);
        await host.StartAsync(ct);
        return host;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (timers.Length > 0)
        {
            try
            {
                var asked = time.GetTimestamp();
                var name = $"{parts.Settings.HostId}/timers";
                if (await locks.TryLockAsync(null, name, null, null, Recovery.TimerLease, stoppingToken) is { } held)
                {
                    renewed = asked;
                    log.LogInformation("This host runs the timers.");
                    await RunAllAsync(held, stoppingToken);
                }
            }
            catch (Exception e) when (e is RequestFailedException or AggregateException)
            {
                log.LogWarning("The timers wait for the storage account: {Fault}", e.GetBaseException().Message);
            }

            await Task.Delay(Recovery.TimerLeasePoll, time, stoppingToken);
        }
    }

    /// <summary>Ends when the lock is lost, a timer lost its storage, or the host stops; what runs then is finished.</summary>
    private async Task RunAllAsync(IDistributedLock held, CancellationToken stopping)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var releasing = new CancellationTokenSource();
        var renewing = RenewAsync(held, releasing.Token);
        var loops = timers.Select(timer => Task.Run(() => timer.LoopAsync(() => HoldsLock, ending.Token))).ToArray();
        await Task.WhenAny([renewing, .. loops]);
        await ending.CancelAsync();
        try
        {
            await Task.WhenAll(loops);
        }
        catch (OperationCanceledException)
        {
            // the lock was lost or the host stops
        }
        finally
        {
            // another host need not wait for the end of the lease
            await releasing.CancelAsync();
            await renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await locks.ReleaseLockAsync(held, CancellationToken.None);
        }
    }

    /// <summary>Ends when another host may hold the lock.</summary>
    private async Task RenewAsync(IDistributedLock held, CancellationToken ct)
    {
        while (HoldsLock)
        {
            await Task.Delay(Recovery.TimerLeasePoll, time, ct);
            var asked = time.GetTimestamp();
            try
            {
                Interlocked.Exchange(ref renewed, await locks.RenewAsync(held, ct) ? asked : renewed);
            }
            catch (Exception e) when (e is RequestFailedException or AggregateException)
            {
                // tried again until the lease has run out, for storage may be away
            }
        }
    }
}
