using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;

namespace FunctionsHost;

/// <summary>The lock on all timers of an app, a blob lease: of several hosts on one storage account, only its holder runs them.</summary>
internal sealed class TimerLock : IAsyncDisposable
{
    private readonly BlobLeaseClient lease;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource lost = new();
    private readonly CancellationTokenSource ending = new();
    private readonly Task renewing;
    private long renewed;

    private TimerLock(BlobLeaseClient lease, TimeProvider time, long renewed)
    {
        (this.lease, this.time, this.renewed) = (lease, time, renewed);
        renewing = RenewAsync();
    }

    /// <summary>Cancelled when another host may hold the lock.</summary>
    public CancellationToken Lost => lost.Token;

    /// <summary>False also when this process was paused for longer than the lease, before <see cref="Lost"/> says so.</summary>
    public bool IsHeld => !lost.IsCancellationRequested && time.GetElapsedTime(Interlocked.Read(ref renewed)) < Recovery.TimerLease;

    /// <summary>Null while another host holds the lock.</summary>
    public static async Task<TimerLock?> TryTakeAsync(BlobClient blob, TimeProvider time, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        try
        {
            var lease = blob.GetBlobLeaseClient();
            await lease.AcquireAsync(Recovery.TimerLease, cancellationToken: ct);
            return new(lease, time, started);
        }
        catch (RequestFailedException e) when (e.Status == StatusCodes.Status409Conflict)
        {
            return null;
        }
    }

    /// <summary>Releases the lock, so that another host need not wait for its end.</summary>
    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await lease.ReleaseAsync();
        }
        catch (Exception e) when (e is RequestFailedException or AggregateException)
        {
            // the lease runs out by itself
        }

        lost.Dispose();
        ending.Dispose();
    }

    private async Task RenewAsync()
    {
        while (IsHeld)
        {
            await Task.Delay(Recovery.TimerLeasePoll, time, ending.Token);
            var started = time.GetTimestamp();
            try
            {
                await lease.RenewAsync(cancellationToken: ending.Token);
                Interlocked.Exchange(ref renewed, started);
            }
            catch (Exception e) when (e is RequestFailedException or AggregateException)
            {
                // tried again until the lease has run out, for storage may be away
            }
        }

        await lost.CancelAsync();
    }
}
