using Microsoft.DurableTask.Store;
using Microsoft.Extensions.Logging;

namespace Microsoft.DurableTask.Runtime;

/// <summary>This process among those that share the hub: its number, its beat, and the burial of the others.</summary>
internal sealed partial class Membership(Db db, TimeProvider time, ILogger logger)
{
    private long id;
    private long lastBeat;
    private volatile bool alone = true;

    /// <summary>A process that was taken for dead comes back under a new number: nothing of before is its own any more.</summary>
    public long Id => Volatile.Read(ref id);

    /// <summary>No other process was there at the last look.</summary>
    public bool Alone => alone;

    /// <summary>False after a stall: the leases may be somebody else's by now.</summary>
    public bool IsTrusted => time.GetElapsedTime(Volatile.Read(ref lastBeat)) < Workers.Trust;

    public async Task JoinAsync(CancellationToken cancellation)
    {
        var now = time.GetTimestamp();
        var joined = await Workers.JoinAsync(db, cancellation);
        Volatile.Write(ref lastBeat, now);
        Volatile.Write(ref id, joined);
        LogJoined(logger, joined);
    }

    /// <returns>True when work was inherited.</returns>
    public async Task<bool> BeatAsync(CancellationToken cancellation)
    {
        var now = time.GetTimestamp();
        if (await Workers.BeatAsync(db, Id, cancellation))
        {
            Volatile.Write(ref lastBeat, now);
        }
        else
        {
            LogBuried(logger, Id);
            await JoinAsync(cancellation);
        }

        var sweep = await Workers.SweepAsync(db, Id, cancellation);
        alone = sweep.Others == 0;
        if (sweep.Instances + sweep.Activities > 0)
        {
            LogInherited(logger, sweep.Instances, sweep.Activities);
        }

        return sweep.Instances + sweep.Activities > 0;
    }

    /// <summary>Waits until the leases of <paramref name="owner"/> are sure again.</summary>
    /// <returns>False when they are lost.</returns>
    public async Task<bool> ConfirmAsync(long owner, CancellationToken cancellation)
    {
        while (owner == Id)
        {
            if (IsTrusted)
            {
                return true;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), time, cancellation);
        }

        return false;
    }

    public Task LeaveAsync(CancellationToken cancellation) => Workers.LeaveAsync(db, Id, cancellation);

    [LoggerMessage(1, LogLevel.Information, "Joined the task hub as worker {Worker}.")]
    private static partial void LogJoined(ILogger logger, long worker);

    [LoggerMessage(2, LogLevel.Warning, "Worker {Worker} was silent for so long that others took over its work.")]
    private static partial void LogBuried(ILogger logger, long worker);

    [LoggerMessage(3, LogLevel.Warning, "Took over from a lost process: {Instances} instances, {Activities} activities.")]
    private static partial void LogInherited(ILogger logger, long instances, long activities);
}
