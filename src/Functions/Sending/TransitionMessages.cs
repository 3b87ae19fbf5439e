using Npgsql;
using Relais.Platform.Database;

namespace Relais.Sending;

/// <summary>One step of one message: what a response, a callback, a settlement or a person makes of it.</summary>
/// <param name="Attempt">
/// The attempt that it is about. Of a former attempt only what reached the recipient moves a message; anything else is dropped when the message
/// is at another attempt by now.
/// </param>
/// <param name="Status">A status of the ladder, an end, or <c>pending</c>/<c>retry</c>, which put the message back.</param>
/// <param name="DueAt">For a message put back: when it may go again.</param>
/// <param name="IsLostAttempt">The provider does not have it; should its callback come all the same before it goes again, the callback is right.</param>
internal sealed record StatusTransition(
    Guid MessageId, int Attempt, string Status, DateTimeOffset At, string? ProviderSid = null, string? ErrorCode = null, DateTimeOffset? DueAt = null,
    bool IsLostAttempt = false);

/// <summary>A move that changed its message.</summary>
internal sealed record AppliedTransition
{
    public required Guid Id { get; init; }
    public required Guid TenantId { get; init; }
    public required Guid SenderId { get; init; }
    public Guid? CampaignId { get; init; }
    public required string ContactAddress { get; init; }
    public required string Channel { get; init; }
    public Guid? ContactId { get; init; }
    public required int Attempt { get; init; }
    public required int Failures { get; init; }
    public required string OldStatus { get; init; }
    public required string Status { get; init; }
    public string? ErrorCode { get; init; }
    public required DateTime DueAt { get; init; }

    /// <summary>The message had ended before, and the provider's code for it came now.</summary>
    public bool AddsErrorCode { get; init; }

    /// <summary>The message waits for a retry from now on.</summary>
    public bool WaitsForRetry => Status == "retry" && OldStatus != "retry";

    /// <summary>It has a new status or a new reason, as opposed to a SID or a milestone only.</summary>
    public bool ChangedStatus => Status != OldStatus || AddsErrorCode;
}

/// <summary>
/// The only statement that changes the status of a message which was handed to a provider. The ladder stands in its WHERE; every
/// applied change leaves an event and moves the campaign's counters by what really changed, so duplicates and disorder
/// add up to the same numbers.
/// </summary>
internal static class TransitionMessages
{
    /// <param name="moves">At most one per message.</param>
    /// <returns>Those that changed something.</returns>
    public static Task<List<AppliedTransition>> RunAsync(NpgsqlTransaction tx, IReadOnlyCollection<StatusTransition> moves, CancellationToken ct) =>
        tx.QueryAsync<AppliedTransition>(TransitionMessagesSql.TransitionMessages, new
        {
            Ids = moves.Select(move => move.MessageId).ToArray(),
            Attempts = moves.Select(move => move.Attempt).ToArray(),
            Statuses = moves.Select(move => move.Status).ToArray(),
            Ats = moves.Select(move => move.At.UtcDateTime).ToArray(),
            Sids = moves.Select(move => move.ProviderSid).ToArray(),
            Codes = moves.Select(move => move.ErrorCode).ToArray(),
            Dues = moves.Select(move => move.DueAt?.UtcDateTime).ToArray(),
            Lost = moves.Select(move => move.IsLostAttempt).ToArray(),
        }, ct);
}
