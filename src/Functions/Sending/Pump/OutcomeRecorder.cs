using System.Threading.Channels;
using Npgsql;
using Relais.Channels;

namespace Relais.Sending.Pump;

/// <summary>
/// Takes the outcomes of calls and writes them in groups, in the background of one run. A member that cannot be recorded touches no other:
/// it becomes unknown, so that its callback or the provider's list settles it.
/// </summary>
/// <param name="scheduleRetry">Gets the messages that wait for a retry.</param>
/// <param name="queueUnknownResolution">Queues a settlement of the sender's unknown outcomes, delayed until no call can still be on its way.</param>
internal sealed partial class OutcomeRecorder(
    SenderConnection sender, RecordOutcomes record, Func<AppliedTransition, Task> scheduleRetry, Func<Task> queueUnknownResolution, InProgressLimit inHand, SendingMetrics measures,
    int largestGroup, TimeProvider time, ILogger log)
{
    /// <summary>The code of a message whose outcome could not be stored.</summary>
    public const string NotRecorded = "not_recorded";

    private const int MaxAttempts = 20;
    private const int MaxAttemptsAlone = 3;
    private static readonly TimeSpan PauseAlone = TimeSpan.FromMilliseconds(100);

    // when the provider answers nothing, many outcomes become unknown: one settlement serves those of ten seconds
    private static readonly TimeSpan BetweenSettlements = TimeSpan.FromSeconds(10);
    private readonly Channel<CompletedCall> answered = Channel.CreateUnbounded<CompletedCall>();
    private readonly Channel<Func<Task>> followUps = Channel.CreateUnbounded<Func<Task>>();
    private bool isDatabaseAway;
    private bool hasUnknown;
    private long? unknownResolutionQueuedAt;

    public int Accepted { get; private set; }

    public void Add(CompletedCall sent) => answered.Writer.TryWrite(sent);

    public void Complete() => answered.Writer.TryComplete();

    public async Task RunAsync()
    {
        var scheduling = ScheduleAsync();
        while (await answered.Reader.WaitToReadAsync())
        {
            var group = new List<CompletedCall>();
            while (group.Count < largestGroup && answered.Reader.TryRead(out var one))
            {
                group.Add(one);
            }

            Accepted += group.Count(one => one.Outcome is SendOutcome.Accepted);
            hasUnknown |= group.Exists(one => one.Outcome is SendOutcome.Unknown);
            isDatabaseAway = false;
            await BisectFailures.RunGroupAsync(group, WriteAsync, MarkUnknownAsync, CancellationToken.None);
            if (unknownResolutionQueuedAt is not { } asked || time.GetElapsedTime(asked) > BetweenSettlements)
            {
                QueueUnknownResolution();
            }
        }

        QueueUnknownResolution();
        followUps.Writer.Complete();
        await scheduling;
    }

    private void QueueUnknownResolution()
    {
        if (hasUnknown)
        {
            hasUnknown = false;
            unknownResolutionQueuedAt = time.GetTimestamp();
            followUps.Writer.TryWrite(queueUnknownResolution);
        }
    }

    /// <summary>The calls were made, so their outcomes are worth waiting for the database.</summary>
    private async Task WriteAsync(IReadOnlyList<CompletedCall> group)
    {
        if (isDatabaseAway)
        {
            throw new TimeoutException("The database stayed away for as long as outcomes are kept for it.");
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                foreach (var retry in await record.RunAsync(sender, group, CancellationToken.None))
                {
                    followUps.Writer.TryWrite(() => scheduleRetry(retry));
                }

                inHand.MarkRecorded(group.Count);
                return;
            }
            catch (NpgsqlException failure) when (ShouldRetry(failure, attempt))
            {
                Log.RecordFailed(log, failure, group.Count, attempt);
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(100 << attempt, 5000)), time, CancellationToken.None);
            }
        }
    }

    // a database that is away fails all members alike: halving the group would only multiply the waiting
    private bool ShouldRetry(NpgsqlException failure, int attempt)
    {
        if (!IsDatabaseAway(failure))
        {
            return false;
        }

        isDatabaseAway = attempt >= MaxAttempts;
        return !isDatabaseAway;
    }

    private static bool IsDatabaseAway(NpgsqlException failure) =>
        failure is not PostgresException server
        || server.SqlState.StartsWith("08", StringComparison.Ordinal)
        || server.SqlState.StartsWith("53", StringComparison.Ordinal)
        || server.SqlState.StartsWith("57P", StringComparison.Ordinal);

    /// <summary>
    /// An outcome that cannot be stored becomes unknown. A message that cannot even become that stays claimed, and the next pump of the sender
    /// makes it unknown.
    /// </summary>
    private async Task MarkUnknownAsync(CompletedCall one, Exception first)
    {
        var failure = first;
        for (var attempt = 2; attempt <= MaxAttemptsAlone; attempt++)
        {
            // a lock or a deadlock passes; any other fault is not mended by time
            await Task.Delay(failure is NpgsqlException { IsTransient: true } ? PauseAlone * attempt : TimeSpan.Zero, time, CancellationToken.None);
            var again = await BisectFailures.TryAsync(() => WriteAsync([one]), CancellationToken.None);
            if (again is null)
            {
                return;
            }

            failure = again;
        }

        Log.NotRecorded(log, failure, one.Message.Id);
        measures.OutcomeNotRecorded();
        hasUnknown = true;
        await BisectFailures.RunGroupAsync(
            [one with { Outcome = new SendOutcome.Unknown(NotRecorded) }],
            WriteAsync,
            (_, again) =>
            {
                Log.LeftClaimed(log, again, one.Message.Id);
                return Task.CompletedTask;
            },
            CancellationToken.None);
    }

    /// <summary>Beside the recording, which must not wait for it. The sweep does what could not be scheduled.</summary>
    private async Task ScheduleAsync()
    {
        await foreach (var schedule in followUps.Reader.ReadAllAsync())
        {
            if (await BisectFailures.TryAsync(schedule, CancellationToken.None) is { } failure)
            {
                Log.NotScheduled(log, failure);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Recording {Count} outcomes failed, attempt {Attempt}")]
        public static partial void RecordFailed(ILogger log, Exception failure, int count, int attempt);

        [LoggerMessage(2, LogLevel.Error, "The outcome of message {MessageId} could not be recorded: it becomes unknown and is settled later")]
        public static partial void NotRecorded(ILogger log, Exception failure, Guid messageId);

        [LoggerMessage(3, LogLevel.Error, "Message {MessageId} could not become unknown: it stays claimed until the next pump of its sender")]
        public static partial void LeftClaimed(ILogger log, Exception failure, Guid messageId);

        [LoggerMessage(4, LogLevel.Warning, "A retry or a settlement could not be scheduled: the sweep does it")]
        public static partial void NotScheduled(ILogger log, Exception failure);
    }
}
