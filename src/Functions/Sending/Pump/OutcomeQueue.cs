using System.Threading.Channels;
using Npgsql;
using Relais.Channels;

namespace Relais.Sending.Pump;

/// <summary>
/// Writes the outcomes of calls in groups, in the background of one pump run. An outcome that cannot be stored does not affect the others:
/// its message becomes unknown, and its callback or the provider's list resolves the outcome later.
/// </summary>
/// <param name="scheduleRetry">Called for each message that waits for a retry.</param>
/// <param name="queueUnknownResolution">
/// Queues the resolution of the sender's unknown outcomes, delayed until no call can still be on its way.
/// </param>
/// <param name="maxGroupSize">The maximum number of outcomes in one transaction.</param>
internal sealed partial class OutcomeQueue(
    SenderConnection sender,
    RecordOutcomes record,
    Func<AppliedTransition, Task> scheduleRetry,
    Func<Task> queueUnknownResolution,
    InProgressLimit inProgress,
    SendingMetrics metrics,
    int maxGroupSize,
    TimeProvider time,
    ILogger log)
{
    /// <summary>The code of a message whose outcome could not be stored.</summary>
    public const string NotRecorded = "not_recorded";

    private const int MaxAttempts = 20;
    private const int MaxSingleAttempts = 3;
    private static readonly TimeSpan SingleRetryPause = TimeSpan.FromMilliseconds(100);

    // When the provider stops answering, many outcomes become unknown. One resolution serves all outcomes of ten seconds.
    private static readonly TimeSpan ResolutionInterval = TimeSpan.FromSeconds(10);
    private readonly Channel<CompletedCall> completedCalls = Channel.CreateUnbounded<CompletedCall>();
    private readonly Channel<Func<Task>> followUps = Channel.CreateUnbounded<Func<Task>>();
    private bool isDatabaseUnreachable;
    private bool hasUnknown;
    private long? unknownResolutionQueuedAt;

    /// <summary>The number of messages that the provider has accepted.</summary>
    public int Accepted { get; private set; }

    public void Add(CompletedCall call) => completedCalls.Writer.TryWrite(call);

    public void Complete() => completedCalls.Writer.TryComplete();

    public async Task RunAsync()
    {
        var runningFollowUps = RunFollowUpsAsync();
        while (await completedCalls.Reader.WaitToReadAsync())
        {
            var group = new List<CompletedCall>();
            while (group.Count < maxGroupSize && completedCalls.Reader.TryRead(out var call))
            {
                group.Add(call);
            }

            Accepted += group.Count(call => call.Outcome is SendOutcome.Accepted);
            hasUnknown |= group.Exists(call => call.Outcome is SendOutcome.Unknown);
            isDatabaseUnreachable = false;
            await BisectFailures.RunGroupAsync(group, WriteAsync, MarkUnknownAsync, CancellationToken.None);
            if (unknownResolutionQueuedAt is not { } queuedAt || time.GetElapsedTime(queuedAt) > ResolutionInterval)
            {
                QueueUnknownResolution();
            }
        }

        QueueUnknownResolution();
        followUps.Writer.Complete();
        await runningFollowUps;
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

    /// <summary>
    /// Retries while the database is unreachable, because the calls were already made. If the write still fails, callbacks or
    /// ResolveUnknownOutcomes correct the status.
    /// </summary>
    private async Task WriteAsync(IReadOnlyList<CompletedCall> group)
    {
        if (isDatabaseUnreachable)
        {
            throw new TimeoutException("The database was unreachable during all attempts to store the outcomes.");
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                foreach (var retry in await record.RunAsync(sender, group, CancellationToken.None))
                {
                    followUps.Writer.TryWrite(() => scheduleRetry(retry));
                }

                inProgress.MarkRecorded(group.Count);
                return;
            }
            catch (NpgsqlException failure) when (ShouldRetry(failure, attempt))
            {
                Log.RecordFailed(log, failure, group.Count, attempt);
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(100 << attempt, 5000)), time, CancellationToken.None);
            }
        }
    }

    // An unreachable database fails every outcome in the same way, so the halves of a group are not retried.
    private bool ShouldRetry(NpgsqlException failure, int attempt)
    {
        if (!IsUnreachable(failure))
        {
            return false;
        }

        isDatabaseUnreachable = attempt >= MaxAttempts;
        return !isDatabaseUnreachable;
    }

    // SQL states: 08 connection failure, 53 insufficient resources, 57P shutdown or start-up.
    private static bool IsUnreachable(NpgsqlException failure) =>
        failure is not PostgresException server
        || server.SqlState.StartsWith("08", StringComparison.Ordinal)
        || server.SqlState.StartsWith("53", StringComparison.Ordinal)
        || server.SqlState.StartsWith("57P", StringComparison.Ordinal);

    /// <summary>
    /// Tries to store a single outcome again, then marks its message unknown. If even this fails, the message stays claimed, and the next
    /// pump of the sender marks it unknown.
    /// </summary>
    private async Task MarkUnknownAsync(CompletedCall call, Exception firstFailure)
    {
        var failure = firstFailure;
        for (var attempt = 2; attempt <= MaxSingleAttempts; attempt++)
        {
            // A pause helps against a lock or a deadlock, but not against other failures.
            var pause = failure is NpgsqlException { IsTransient: true } ? SingleRetryPause * attempt : TimeSpan.Zero;
            await Task.Delay(pause, time, CancellationToken.None);
            var retryFailure = await BisectFailures.TryAsync(() => WriteAsync([call]), CancellationToken.None);
            if (retryFailure is null)
            {
                return;
            }

            failure = retryFailure;
        }

        Log.OutcomeLost(log, failure, call.Message.Id);
        metrics.OutcomeNotRecorded();
        hasUnknown = true;
        await BisectFailures.RunGroupAsync(
            [call with { Outcome = new SendOutcome.Unknown(NotRecorded) }],
            WriteAsync,
            (_, markFailure) =>
            {
                Log.MarkUnknownFailed(log, markFailure, call.Message.Id);
                return Task.CompletedTask;
            },
            CancellationToken.None);
    }

    /// <summary>Runs beside the recording, which must not wait for it. If a follow-up fails, the minute sweep does its work.</summary>
    private async Task RunFollowUpsAsync()
    {
        await foreach (var followUp in followUps.Reader.ReadAllAsync())
        {
            if (await BisectFailures.TryAsync(followUp, CancellationToken.None) is { } failure)
            {
                Log.FollowUpFailed(log, failure);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Recording {Count} outcomes failed, attempt {Attempt}")]
        public static partial void RecordFailed(ILogger log, Exception failure, int count, int attempt);

        [LoggerMessage(
            2, LogLevel.Error, "The outcome of message {MessageId} could not be recorded: it becomes unknown and is resolved later")]
        public static partial void OutcomeLost(ILogger log, Exception failure, Guid messageId);

        [LoggerMessage(
            3, LogLevel.Error, "Message {MessageId} could not be marked unknown: it stays claimed until the next pump of its sender")]
        public static partial void MarkUnknownFailed(ILogger log, Exception failure, Guid messageId);

        [LoggerMessage(
            4, LogLevel.Warning, "A retry or the resolution of unknown outcomes could not be scheduled: the minute sweep does it")]
        public static partial void FollowUpFailed(ILogger log, Exception failure);
    }
}
