using Npgsql;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Webhooks;

/// <summary>Messages to an address that points here and is no sender yet: they wait for the sender, and get their effect when it is registered.</summary>
internal static class UnroutedMessages
{
    private static readonly TimeSpan MaxUnroutedAge = TimeSpan.FromDays(7);

    private const string Hold = "select pg_advisory_xact_lock_shared(hashtextextended('routes/' || @TenantId::text, 0))";

    private const string Change = "select pg_advisory_xact_lock(hashtextextended('routes/' || @TenantId::text, 0))";

    private const string SelectSenderAddress = "select tenant_id, channel, address from senders where id = @SenderId";

    private const string RequeueUnrouted = """
        update webhook_events set state = 'pending', next_attempt_at = @Now, last_error = null
        where tenant_id = @TenantId and state = 'unrouted' and payload ->> 'To' = any(@Spellings) and received_at > @Since
        """;

    private sealed record Row
    {
        public required Guid TenantId { get; init; }
        public required string Channel { get; init; }
        public required string Address { get; init; }
    }

    /// <summary>No sender's messages are put back from here to the end of the transaction.</summary>
    public static Task LockRoutingAsync(NpgsqlTransaction tx, Guid tenantId, CancellationToken ct) => tx.QueryOneAsync<object>(Hold, new { TenantId = tenantId }, ct);

    /// <summary>To be called by whoever makes a sender, in the same transaction. The sweep takes what is put back.</summary>
    public static async Task RequeueForSenderAsync(NpgsqlTransaction tx, Guid senderId, DateTimeOffset now, CancellationToken ct)
    {
        if (await tx.QueryOneAsync<Row>(SelectSenderAddress, new { SenderId = senderId }, ct) is not { } sender)
        {
            return;
        }

        await tx.QueryOneAsync<object>(Change, new { sender.TenantId }, ct);
        await tx.ExecuteAsync(RequeueUnrouted, new
        {
            sender.TenantId,
            Spellings = AddressKey.Spellings(sender.Address).SelectMany(address => ProviderAddress.Spellings(sender.Channel, address)).ToArray(),
            Since = (now - MaxUnroutedAge).UtcDateTime,
            Now = now.UtcDateTime,
        }, ct);
    }
}
