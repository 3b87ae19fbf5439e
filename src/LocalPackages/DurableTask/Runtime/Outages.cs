using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Microsoft.DurableTask.Runtime;

/// <summary>Patience while the database is away.</summary>
internal sealed partial class Outages(TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    /// <summary>True when the same statement may succeed later; whether it did succeed is unknown.</summary>
    public static bool IsOutage(Exception e) => e switch
    {
        PostgresException p => p.IsTransient || p.SqlState is "57P01" or "57P02" or "57P03" || p.SqlState.StartsWith("53", StringComparison.Ordinal),
        NpgsqlException or SocketException or IOException or TimeoutException => true,
        _ => false,
    };

    /// <summary>Repeats until it succeeds; only for what may be done twice.</summary>
    public async Task<T> InsistAsync<T>(Func<CancellationToken, Task<T>> action, CancellationToken cancellation)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await action(cancellation);
            }
            catch (Exception e) when (IsOutage(e) && !cancellation.IsCancellationRequested)
            {
                await PauseAsync(e, attempt, cancellation);
            }
        }
    }

    public Task InsistAsync(Func<CancellationToken, Task> action, CancellationToken cancellation) => InsistAsync(
        async token =>
        {
            await action(token);
            return true;
        },
        cancellation);

    /// <summary>Runs until cancelled; after a failure again, later and later.</summary>
    public async Task LoopAsync(Func<CancellationToken, Task> round, CancellationToken cancellation)
    {
        var failures = 0;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await round(cancellation);
                failures = 0;
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                await PauseAsync(e, failures++, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    public Task PauseAsync(Exception e, int attempt, CancellationToken cancellation)
    {
        if (attempt is 0 || attempt % 20 == 19)
        {
            LogAway(logger, e.Message, IsOutage(e) ? null : e);
        }

        var wait = TimeSpan.FromMilliseconds(Math.Min(50 * Math.Pow(2, Math.Min(attempt, 10)), Longest.TotalMilliseconds));
        return Task.Delay(wait, time, cancellation);
    }

    [LoggerMessage(1, LogLevel.Warning, "The database of the task hub does not answer as it should; trying on. {Reason}")]
    private static partial void LogAway(ILogger logger, string reason, Exception? e);
}
