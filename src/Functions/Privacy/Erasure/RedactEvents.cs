using Npgsql;
using Relais.Channels;
using Relais.Platform.Database;

namespace Relais.Privacy.Erasure;

/// <summary>
/// Removes personal data from webhook events. Their unique key stays, so that a late duplicate is still recognised, and so do status and
/// times.
/// </summary>
internal static class RedactEvents
{
    // Skips inbound events that the processor may have locked or is about to lock: it may be waiting for the locks of the erasure.
    // A status report can still be processed after redaction, because SID and status stay in it.
    private const string RedactBySid = $"""
        update webhook_events
        set payload = redact_payload(payload), contact_address = null
        where tenant_id = @TenantId and provider in ({ProviderNames.AllInSql}) and sid = any(@Sids)
          and (kind = 'status' or state not in ('pending', 'unrouted')) and payload <> redact_payload(payload)
        """;

    private const string RedactByAddress = """
        update webhook_events
        set payload = redact_payload(payload), contact_address = null
        where tenant_id = @TenantId and contact_address is not null and contact_address = any(@ProviderAddresses)
          and (kind = 'status' or state not in ('pending', 'unrouted'))
        """;

    /// <summary>Redacts the events that carry one of the provider message SIDs.</summary>
    /// <returns>The number of redacted events.</returns>
    public static async Task<int> RedactBySidAsync(
        NpgsqlTransaction tx, Guid tenantId, IReadOnlyCollection<string> sids, CancellationToken ct) =>
        sids.Count == 0 ? 0 : await tx.ExecuteAsync(RedactBySid, new { TenantId = tenantId, Sids = sids.ToArray() }, ct);

    /// <summary>Redacts events that name the person but belong to no message of the person: rejected events, unknown kinds.</summary>
    public static async Task RedactByAddressAsync(NpgsqlTransaction tx, DataSubject person, ErasureCounts erased, CancellationToken ct) =>
        erased.WebhookEvents += await tx.ExecuteAsync(RedactByAddress, new { person.TenantId, person.ProviderAddresses }, ct);
}
