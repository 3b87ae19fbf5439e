using Npgsql;
using Relais.Platform.Database;
using Relais.Sending;

namespace Relais.Privacy.Erasure;

/// <summary>
/// Removes text, variables, media, location, contact and address from the person's messages. Status, times and codes stay, and so do the
/// counters of campaigns. A message that is not delivered yet keeps the hash of its address, so that an opt-out that the provider reports
/// for it is still recorded.
/// </summary>
internal static class EraseMessages
{
    private const int PageSize = 1_000;

    private sealed class UnsentRow
    {
        public required Guid Id { get; init; }
        public required int Attempt { get; init; }
    }

    private sealed class ErasedRow
    {
        public string? ProviderSid { get; init; }
        public required string[] FormerSids { get; init; }
    }

    /// <returns>Whether <see cref="ErasePageAsync"/> has a message to erase.</returns>
    public static Task<bool> HasErasableAsync(NpgsqlTransaction tx, DataSubject person, CancellationToken ct) =>
        tx.QueryOneAsync<bool>(EraseMessagesSql.HasErasableMessages, Key(person), ct);

    /// <summary>Erases a page of the messages that are not waiting to be sent, and redacts the events that report on them.</summary>
    /// <param name="sids">The SIDs of the erased messages are added to it.</param>
    /// <returns>Whether the page was full, so that there may be another.</returns>
    public static async Task<bool> ErasePageAsync(
        NpgsqlTransaction tx, DataSubject person, ErasureCounts erased, HashSet<string> sids, CancellationToken ct)
    {
        var rows = await EraseAsync(tx, person, erased, ct);
        var erasedSids = Sids(rows);
        erased.WebhookEvents += await RedactEvents.RedactBySidAsync(tx, person.TenantId, erasedSids, ct);
        sids.UnionWith(erasedSids);
        return rows.Count == PageSize;
    }

    /// <summary>
    /// Erases all remaining messages. Messages that wait to be sent are cancelled first, through <see cref="TransitionMessages"/>, which
    /// counts them in their campaign.
    /// </summary>
    public static async Task EraseRemainingAsync(
        NpgsqlTransaction tx, DataSubject person, ErasureCounts erased, HashSet<string> sids, DateTimeOffset now, CancellationToken ct)
    {
        bool more;
        do
        {
            // Look again after each page: a pump may put a claimed message back to pending between the two statements.
            var unsent = await tx.QueryAsync<UnsentRow>(EraseMessagesSql.SelectUnsentMessages, Key(person), ct);
            erased.CanceledMessages += (await TransitionMessages.RunAsync(
                tx,
                unsent.ConvertAll(row => new StatusTransition(row.Id, row.Attempt, MessageStatus.Canceled, now, ErrorCode: "erased")),
                ct)).Count;
            var before = erased.Messages;
            await ErasePageAsync(tx, person, erased, sids, ct);
            more = unsent.Count > 0 || erased.Messages > before;
        }
        while (more);
    }

    /// <returns>The SIDs of erased messages that are not delivered yet: their rows still have the hash of the address.</returns>
    public static async Task<string[]> SelectSidsByHashAsync(NpgsqlTransaction tx, DataSubject person, CancellationToken ct) =>
        Sids(await tx.QueryAsync<ErasedRow>(EraseMessagesSql.SelectSidsByHash, new { person.TenantId, Hashes = person.AllHashes }, ct));

    private static async Task<List<ErasedRow>> EraseAsync(
        NpgsqlTransaction tx, DataSubject person, ErasureCounts erased, CancellationToken ct)
    {
        var rows = await tx.QueryAsync<ErasedRow>(EraseMessagesSql.EraseMessagePage, Key(person), ct);
        erased.Messages += rows.Count;
        return rows;
    }

    private static object Key(DataSubject person) =>
        new { person.TenantId, person.ContactId, person.Addresses, Hashes = person.AddressHashes, PageSize };

    private static string[] Sids(List<ErasedRow> rows) =>
        [.. rows.SelectMany(row => row.ProviderSid is null ? row.FormerSids : [row.ProviderSid, .. row.FormerSids])];
}
