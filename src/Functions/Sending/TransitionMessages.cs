using Npgsql;
using Relais.Platform.Database;

namespace Relais.Sending;

/// <summary>
/// Changes the status of messages after a provider call, a status report or a cancellation, and writes an event for each change. The SQL
/// functions <c>status_rank</c> and <c>status_may_move</c> define which changes are allowed; to requeue a message has a condition of its
/// own. The campaign's counters change only by real transitions, so duplicate or reordered callbacks give the same totals.
/// </summary>
/// <remarks>
/// Four other statements change a status: <see cref="Pump.ClaimMessagesSql"/> claims a due message or ends it unsent, and writes an event
/// and the counters if it ends. Without an event, <see cref="Pump.SenderLeaseSql"/> marks the messages of a dead pump unknown, and
/// <see cref="Retries.RetryMessage"/> and <see cref="SweepSendersSql"/> set a message whose retry is due to pending.
/// </remarks>
internal static class TransitionMessages
{
    /// <param name="tx">The caller's transaction; it holds the row locks of the messages until it ends.</param>
    /// <param name="transitions">At most one per message.</param>
    /// <returns>The transitions that changed their message.</returns>
    public static Task<List<AppliedTransition>> RunAsync(
        NpgsqlTransaction tx, IReadOnlyCollection<StatusTransition> transitions, CancellationToken ct) =>
        tx.QueryAsync<AppliedTransition>(TransitionMessagesSql.TransitionMessages, new
        {
            Ids = transitions.Select(transition => transition.MessageId).ToArray(),
            Attempts = transitions.Select(transition => transition.Attempt).ToArray(),
            Statuses = transitions.Select(transition => transition.Status).ToArray(),
            Ats = transitions.Select(transition => transition.At.UtcDateTime).ToArray(),
            Sids = transitions.Select(transition => transition.ProviderSid).ToArray(),
            Codes = transitions.Select(transition => transition.ErrorCode).ToArray(),
            Dues = transitions.Select(transition => transition.DueAt?.UtcDateTime).ToArray(),
            Lost = transitions.Select(transition => transition.IsLostAttempt).ToArray(),
        }, ct);
}
