using Npgsql;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Webhooks;

/// <summary>Finds the sender to which an inbound message was sent.</summary>
internal static class InboundSender
{
    private const string SelectSender = """
        select s.id from senders s
        join provider_accounts a on a.id = s.account_id
        where s.tenant_id = @TenantId and s.channel = @Channel and s.address = any(@Addresses) and a.account_sid = @AccountSid
        order by s.address = @To desc
        limit 1
        """;

    /// <returns>The id of the sender; null: the tenant has no sender with the address.</returns>
    public static async Task<Guid?> FindAsync(NpgsqlTransaction tx, Guid tenantId, InboundMessage message, CancellationToken ct)
    {
        var addresses = AddressKey.Spellings(message.To);
        var parameters = new { TenantId = tenantId, message.Channel, message.To, Addresses = addresses, message.AccountSid };
        if (await tx.QueryOneAsync<Guid?>(SelectSender, parameters, ct) is { } senderId)
        {
            return senderId;
        }

        // The sender may be registered at this moment. Under the lock, either the second query finds the sender, or the registration finds
        // this event as unrouted and requeues it.
        await UnroutedMessages.LockRoutingAsync(tx, tenantId, ct);
        return await tx.QueryOneAsync<Guid?>(SelectSender, parameters, ct);
    }
}
