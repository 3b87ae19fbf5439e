using Npgsql;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Webhooks;

/// <summary>
/// Handles inbound messages to an address whose sender is not registered yet. They wait as <c>unrouted</c>, and are processed when the
/// sender is registered.
/// </summary>
internal static class UnroutedMessages
{
    private static readonly TimeSpan MaxUnroutedAge = TimeSpan.FromDays(7);

    private const string SelectSenderAddress = "select tenant_id, channel, address from senders where id = @SenderId";

    private const string RequeueUnrouted = """
        update webhook_events set state = 'pending', next_attempt_at = @Now, last_error = null
        where tenant_id = @TenantId and state = 'unrouted' and payload ->> 'To' = any(@Spellings) and received_at > @Since
        """;

    private sealed record SenderRow
    {
        public required Guid TenantId { get; init; }
        public required string Channel { get; init; }
        public required string Address { get; init; }
    }

    /// <summary>Blocks <see cref="RequeueForSenderAsync"/> for this tenant until the end of the transaction.</summary>
    public static Task LockRoutingAsync(NpgsqlTransaction tx, Guid tenantId, CancellationToken ct) =>
        tx.LockSharedAsync(AdvisoryLock.Routing, tenantId, ct);

    /// <summary>
    /// Requeues the unrouted messages to a new sender. Call it in the transaction that creates the sender; the sweep then processes the
    /// messages.
    /// </summary>
    public static async Task RequeueForSenderAsync(NpgsqlTransaction tx, Guid senderId, DateTimeOffset now, CancellationToken ct)
    {
        if (await tx.QueryOneAsync<SenderRow>(SelectSenderAddress, new { SenderId = senderId }, ct) is not { } sender)
        {
            return;
        }

        await tx.LockAsync(AdvisoryLock.Routing, sender.TenantId, ct);
        var spellings = AddressKey.Spellings(sender.Address).SelectMany(address => ProviderAddress.Spellings(sender.Channel, address));
        await tx.ExecuteAsync(RequeueUnrouted, new
        {
            sender.TenantId,
            Spellings = spellings.ToArray(),
            Since = (now - MaxUnroutedAge).UtcDateTime,
            Now = now.UtcDateTime,
        }, ct);
    }
}
