namespace FunctionsHost;

/// <summary>
/// The lock of one timer, a blob lease: of the hosts that share a storage account, one holds it and runs the timer. As in the real host,
/// each timer has its own, so that a long run, which keeps its lock as long as it can, holds up no other timer.
/// </summary>
internal sealed class TimerLock(IDistributedLockManager locks, string name, TimeProvider time, ILogger log)
{
    private long renewed;

    /// <summary>False also when this process was paused, or storage was away, for longer than the lease.</summary>
    public bool IsHeld => time.GetElapsedTime(Interlocked.Read(ref renewed)) < Recovery.TimerLease;

    /// <summary>Does the work each time this host has taken the lock.</summary>
    public async Task RunAsync(Func<Task> work, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                var asked = time.GetTimestamp();
                if (await locks.TryLockAsync(null, name, null, null, Recovery.TimerLease, ct) is { } held)
                {
                    Interlocked.Exchange(ref renewed, asked);
                    await HoldAsync(held, work);
                }
            }
            catch (Exception e) when (e is RequestFailedException or AggregateException)
            {
                log.LogWarning("The timer {Timer} waits for the storage account: {Fault}", name, e.GetBaseException().Message);
            }

            await Task.Delay(Recovery.TimerLeasePoll, time, ct);
        }
    }

    private async Task HoldAsync(IDistributedLock held, Func<Task> work)
    {
        using var releasing = new CancellationTokenSource();
        var renewing = RenewAsync(held, releasing.Token);
        try
        {
            await work();
        }
        finally
        {
            // another host need not wait for the end of the lease
            await releasing.CancelAsync();
            await renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await locks.ReleaseLockAsync(held, CancellationToken.None);
        }
    }

    private async Task RenewAsync(IDistributedLock held, CancellationToken ct)
    {
        while (true)
        {
            await Task.Delay(Recovery.TimerLeasePoll, time, ct);
            var asked = time.GetTimestamp();
            try
            {
                // a lease that has run out is renewed too, unless another host took it since
                Interlocked.Exchange(ref renewed, await locks.RenewAsync(held, ct) ? asked : renewed);
            }
            catch (Exception e) when (e is RequestFailedException or AggregateException)
            {
                // another host holds the lock, or storage is away
            }
        }
    }
}
