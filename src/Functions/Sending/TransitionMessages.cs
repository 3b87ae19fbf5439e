using Npgsql;
using Relais.Platform.Database;

namespace Relais.Sending;

/// <summary>
/// The only statement that changes the status of a message that was handed to a provider. The SQL functions <c>status_rank</c> and
/// <c>status_may_move</c> define which changes are allowed. Every change of status writes an event. The campaign's counters change only by
/// real transitions, so duplicate or reordered callbacks give the same totals.
/// </summary>
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
