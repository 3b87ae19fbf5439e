using Npgsql;
using Relais.Channels;
using Relais.Consent;
using Relais.Platform.Database;

namespace Relais.Privacy.Erasure;

/// <summary>
/// Handles the person's stored inbound messages that are not processed yet, or wait for a sender: records each STOP and START, then
/// redacts the messages. Skips events that the processor has locked, because it may be waiting for the locks of the erasure.
/// </summary>
internal static class PendingInboundOfPerson
{
    private const string LockPendingInbound = """
        select id, contact_address, payload ->> 'Body' as body, payload ->> 'OptOutType' as opt_out_type, consent_recorded, received_at
        from webhook_events
        where tenant_id = @TenantId and contact_address is not null and contact_address = any(@ProviderAddresses)
          and kind = 'inbound' and state in ('pending', 'unrouted', 'failed')
        order by received_at, id
        for update skip locked
        """;

    private const string RedactInbound = """
        update webhook_events
        set state = 'ignored', payload = redact_payload(payload), contact_address = null
        where id = any(@Ids)
        """;

    private sealed class InboundRow
    {
        public required Guid Id { get; init; }
        public required string ContactAddress { get; init; }
        public string? Body { get; init; }
        public string? OptOutType { get; init; }
        public required bool ConsentRecorded { get; init; }
        public required DateTime ReceivedAt { get; init; }
    }

    /// <param name="erased">The number of redacted events is added to <see cref="ErasureCounts.WebhookEvents"/>.</param>
    public static async Task RecordConsentAndRedactAsync(
        NpgsqlTransaction tx, DataSubject person, ErasureCounts erased, CancellationToken ct)
    {
        var rows = await tx.QueryAsync<InboundRow>(LockPendingInbound, new { person.TenantId, person.ProviderAddresses }, ct);
        foreach (var row in rows.Where(row => !row.ConsentRecorded))
        {
            var (channel, address) = ProviderAddress.Parse(row.ContactAddress);
            var at = new DateTimeOffset(row.ReceivedAt);
            var (keyword, source) = Keywords.Classify(row.Body, row.OptOutType);
            switch (keyword)
            {
                case Keyword.Stop:
                    await RecordConsent.OptOutAsync(tx, person.TenantId, channel, address, person.ContactId, source, null, null, at, ct);
                    break;
                case Keyword.Start:
                    await RecordConsent.OptInAsync(tx, person.TenantId, channel, address, person.ContactId, source, null, null, at, ct);
                    break;
                default:
                    break;
            }
        }

        erased.WebhookEvents += rows.Count == 0
            ? 0
            : await tx.ExecuteAsync(RedactInbound, new { Ids = rows.ConvertAll(row => row.Id).ToArray() }, ct);
    }
}
