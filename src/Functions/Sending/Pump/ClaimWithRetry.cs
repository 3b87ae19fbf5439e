using System.Runtime.ExceptionServices;
using Npgsql;

namespace Relais.Sending.Pump;

/// <summary>
/// The claims of one slice. A failure that passes is waited out. A message that makes the claim of its group fail is found and set aside for
/// the rest of the slice, so that it does not keep the others from being sent.
/// </summary>
internal sealed partial class ClaimWithRetry(HeldLease lease, ClaimMessages claims, InProgressLimit inHand, SendingMetrics measures, TimeProvider time, ILogger log)
{
    private const int MaxAttempts = 3;
    private readonly List<Guid> setAside = [];

    /// <summary>Messages whose claim failed even alone. They stay due.</summary>
    public IReadOnlyList<Guid> Excluded => setAside;

    /// <param name="limit">At most so many messages; the room for them is reserved.</param>
    public async Task<Claim> RunAsync(int limit)
    {
        var claim = new Claim([], 0, null, LeaseLost: false);
        var failure = await BisectFailures.TryAsync(async () => claim = await RetryTransientAsync(limit), CancellationToken.None);
        return failure is null ? claim : await ClaimOneByOneAsync(limit, failure);
    }

    private async Task<Claim> RetryTransientAsync(int limit)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await claims.RunAsync(lease, limit, [.. setAside], only: null, CancellationToken.None);
            }
            catch (NpgsqlException failure) when (failure.IsTransient && attempt < MaxAttempts && inHand.FreeSlots >= limit)
            {
                // its commit may have come through: the room that it took stays taken
                inHand.Reserve(limit);
                Log.ClaimFailed(log, failure, attempt);
                await Task.Delay(TimeSpan.FromMilliseconds(200 * attempt), time, CancellationToken.None);
            }
        }
    }

    private async Task<Claim> ClaimOneByOneAsync(int limit, Exception failure)
    {
        if (failure is NpgsqlException and not PostgresException)
        {
            // the database is away
            ExceptionDispatchInfo.Throw(failure);
        }

        var parts = new List<Claim>();
        var refused = new List<(Guid Id, Exception Failure)>();
        await BisectFailures.RunGroupAsync(
            await claims.FindAsync(lease, limit, [.. setAside], CancellationToken.None),
            async part => parts.Add(await claims.RunAsync(lease, part.Count, [.. setAside], [.. part], CancellationToken.None)),
            (id, alone) =>
            {
                refused.Add((id, alone));
                return Task.CompletedTask;
            },
            CancellationToken.None);
        if (parts.Count == 0 && refused.Count != 1)
        {
            // no message is to blame
            ExceptionDispatchInfo.Throw(failure);
        }

        foreach (var (id, alone) in refused)
        {
            setAside.Add(id);
            measures.MessageNotClaimed();
            Log.NotClaimed(log, alone, id);
        }

        return new Claim(
            [.. parts.SelectMany(part => part.Messages)], parts.Sum(part => part.Examined) + refused.Count, parts.LastOrDefault()?.DailyQuotaFreeIn,
            parts.Exists(part => part.LeaseLost));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Claiming failed, attempt {Attempt}")]
        public static partial void ClaimFailed(ILogger log, Exception failure, int attempt);

        [LoggerMessage(2, LogLevel.Error, "Message {MessageId} cannot be claimed: it is tried again by the next pump")]
        public static partial void NotClaimed(ILogger log, Exception failure, Guid messageId);
    }
}
