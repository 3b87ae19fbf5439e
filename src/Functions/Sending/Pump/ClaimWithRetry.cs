using System.Runtime.ExceptionServices;
using Npgsql;

namespace Relais.Sending.Pump;

/// <summary>
/// Claims messages for one pump run and retries transient failures. If one message makes the claim of its group fail, the message is found
/// and excluded until the run ends, so that the others can be sent.
/// </summary>
internal sealed partial class ClaimWithRetry(
    HeldLease lease, ClaimMessages claims, InProgressLimit inProgress, SendingMetrics metrics, TimeProvider time, ILogger log)
{
    private const int MaxAttempts = 3;
    private readonly List<Guid> excluded = [];

    /// <summary>Messages that could not be claimed even alone. They stay due.</summary>
    public IReadOnlyList<Guid> Excluded => excluded;

    /// <param name="limit">The maximum number of messages. The caller has reserved as many slots.</param>
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
                return await claims.RunAsync(lease, limit, [.. excluded], only: null, CancellationToken.None);
            }
            catch (NpgsqlException failure) when (failure.IsTransient && attempt < MaxAttempts && inProgress.FreeSlots >= limit)
            {
                // The failed claim may have been committed, so its slots stay reserved and the next attempt reserves its own.
                inProgress.Reserve(limit);
                Log.ClaimFailed(log, failure, attempt);
                await Task.Delay(TimeSpan.FromMilliseconds(200 * attempt), time, CancellationToken.None);
            }
        }
    }

    private async Task<Claim> ClaimOneByOneAsync(int limit, Exception failure)
    {
        if (failure is NpgsqlException and not PostgresException)
        {
            // The database cannot be reached, so no message is the cause.
            ExceptionDispatchInfo.Throw(failure);
        }

        var parts = new List<Claim>();
        var failed = new List<(Guid Id, Exception Cause)>();
        await BisectFailures.RunGroupAsync(
            await claims.SelectCandidatesAsync(lease, limit, [.. excluded], CancellationToken.None),
            async part => parts.Add(await claims.RunAsync(lease, part.Count, [.. excluded], [.. part], CancellationToken.None)),
            (id, cause) =>
            {
                failed.Add((id, cause));
                return Task.CompletedTask;
            },
            CancellationToken.None);
        if (parts.Count == 0 && failed.Count != 1)
        {
            // Every message failed, or none was found, so the cause is not a single message.
            ExceptionDispatchInfo.Throw(failure);
        }

        foreach (var (id, cause) in failed)
        {
            excluded.Add(id);
            metrics.MessageNotClaimed();
            Log.MessageFailed(log, cause, id);
        }

        return new Claim(
            [.. parts.SelectMany(part => part.Messages)],
            parts.Sum(part => part.Examined) + failed.Count,
            parts.LastOrDefault()?.DailyQuotaFreeIn,
            parts.Exists(part => part.LeaseLost));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Claiming messages failed, attempt {Attempt}")]
        public static partial void ClaimFailed(ILogger log, Exception failure, int attempt);

        [LoggerMessage(2, LogLevel.Error, "Message {MessageId} could not be claimed: the next pump tries again")]
        public static partial void MessageFailed(ILogger log, Exception failure, Guid messageId);
    }
}
