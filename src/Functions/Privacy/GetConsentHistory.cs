using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Privacy;

/// <summary>Returns the consent history of one address, including the entries from before an erasure.</summary>
internal sealed class GetConsentHistory(TenantDb db, AddressHash hash)
{
    private const int MaxEntries = 1_000;

    private const string SelectConsentHistory = """
        select id, channel, kind, source, received_text, message_id, at, null::timestamptz as erased_at
        from consents
        where tenant_id = @TenantId and address = any(@Keys) and (@Channel::text is null or channel = @Channel)
        union all
        select id, channel, kind, source, null, null, at, erased_at
        from consent_proofs
        where tenant_id = @TenantId and address_hash = any(@Hashes) and (@Channel::text is null or channel = @Channel)
        order by at, id
        limit @Limit
        """;

    private const string SelectSuppressions = """
        select channel, since, source
        from suppressions
        where tenant_id = @TenantId and channel in ('sms', 'whatsapp') and address = any(@Keys)
          and (@Channel::text is null or channel = @Channel)
        order by channel, since
        """;

    private sealed class EntryRow
    {
        public required Guid Id { get; init; }
        public required string Channel { get; init; }
        public required string Kind { get; init; }
        public required string Source { get; init; }
        public string? ReceivedText { get; init; }
        public Guid? MessageId { get; init; }
        public required DateTime At { get; init; }
        public DateTime? ErasedAt { get; init; }
    }

    private sealed class SuppressionRow
    {
        public required string Channel { get; init; }
        public required DateTime Since { get; init; }
        public required string Source { get; init; }
    }

    /// <param name="Kind">opt_out, opt_in or confirmed.</param>
    /// <param name="Source">keyword, a provider's code, operator or import.</param>
    /// <param name="ReceivedText">Null once the person is erased.</param>
    /// <param name="ErasedAt">When the person was erased; the entry is kept under a hash since then. Null when not erased.</param>
    internal sealed record Entry(
        Guid Id, string Channel, string Kind, string Source, string? ReceivedText, Guid? MessageId,
        DateTimeOffset At, DateTimeOffset? ErasedAt);

    /// <summary>An opt-out in force: on this channel, only replies may be sent to the address.</summary>
    internal sealed record Refusal(string Channel, DateTimeOffset Since, string Source);

    internal sealed record Output(IReadOnlyList<Entry> Entries, IReadOnlyList<Refusal> Refusals);

    public Task<Output> RunAsync(Guid tenantId, DataSubjectRequest request, CancellationToken ct) =>
        db.RunAsync(tenantId, async tx =>
        {
            var hashes = hash.HasKey ? hash.HashAll(tenantId, request.Address) : [];
            string[] keys = [.. AddressKey.Spellings(request.Address), .. hashes];
            var key = new { TenantId = tenantId, Keys = keys, Hashes = hashes, request.Channel, Limit = MaxEntries };
            var entries = await tx.QueryAsync<EntryRow>(SelectConsentHistory, key, ct);
            var suppressions = await tx.QueryAsync<SuppressionRow>(SelectSuppressions, key, ct);
            return new Output(
                entries.ConvertAll(row => new Entry(
                    row.Id, row.Channel, row.Kind, row.Source, row.ReceivedText, row.MessageId, row.At, row.ErasedAt)),
                suppressions.ConvertAll(row => new Refusal(row.Channel, row.Since, row.Source)));
        }, ct);
}
