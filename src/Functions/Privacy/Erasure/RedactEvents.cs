using Npgsql;
using Relais.Platform.Database;

namespace Relais.Privacy.Erasure;

/// <summary>Webhook events keep their key, so that a late duplicate is still one, and what happened; not whom it happened to.</summary>
internal static class RedactEvents
{
    // Never messages in hand of the processor, which may wait for us, nor those that come into its hands at this moment. A status report has its
    // effect from what is left of it.
    private const string RedactBySid = """
        update webhook_events
        set payload = redact_payload(payload), contact_address = null
        where tenant_id = @TenantId and provider in ('twilio', 'meta') and sid = any(@Sids) and (kind = 'status' or state not in ('pending', 'unrouted')) and payload <> redact_payload(payload)
        """;

    private const string RedactByAddress = """
        update webhook_events
        set payload = redact_payload(payload), contact_address = null
        where tenant_id = @TenantId and contact_address is not null and contact_address = any(@ProviderAddresses) and (kind = 'status' or state not in ('pending', 'unrouted'))
        """;

    /// <returns>How many there were.</returns>
    public static async Task<int> BySidAsync(NpgsqlTransaction tx, Guid tenantId, IReadOnlyCollection<string> sids, CancellationToken ct) =>
        sids.Count == 0 ? 0 : await tx.ExecuteAsync(RedactBySid, new { TenantId = tenantId, Sids = sids.ToArray() }, ct);

    /// <summary>Those that no message leads to: refused, of an unknown kind, or about a message of somebody else.</summary>
    public static async Task RedactByAddressAsync(NpgsqlTransaction tx, DataSubject person, ErasureCounts erased, CancellationToken ct) =>
        erased.WebhookEvents += await tx.ExecuteAsync(RedactByAddress, new { person.TenantId, ProviderAddresses = person.ProviderAddresses }, ct);
}
