using Npgsql;
using Relais.Access;
using Relais.Accounts;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Webhooks;

namespace Relais.WhatsAppSenders;

/// <summary>Adds a WhatsApp sender that was registered at the provider, and requeues the messages that arrived for it before.</summary>
internal static class AddFoundSender
{
    // A retired sender with the same number stays retired.
    private const string InsertSender = """
        insert into senders (id, tenant_id, account_id, channel, address, name, created_at)
        values (@Id, @TenantId, @AccountId, 'whatsapp', @Number, @Name, @Now)
        on conflict (account_id, channel, address) do nothing
        returning id
        """;

    /// <returns>The id of the new sender; null when the number already has a sender, which is then retired.</returns>
    public static async Task<Guid?> RunAsync(
        NpgsqlTransaction tx, TenantAccount account, WhatsAppSender sender, Actor actor, DateTimeOffset now, CancellationToken ct)
    {
        var id = await tx.QueryOneAsync<Guid?>(InsertSender, new
        {
            Id = Guid.CreateVersion7(now),
            account.TenantId,
            AccountId = account.Id,
            sender.Number,
            Name = sender.Profile.DisplayName ?? "",
            Now = now.UtcDateTime,
        }, ct);
        if (id is not null)
        {
            await UnroutedMessages.RequeueForSenderAsync(tx, id.Value, now, ct);
            var after = new { Channel = MessageChannel.WhatsApp, sender.Sid };
            var change = new AuditEntry("sender.find", "sender", id.Value.ToString(), After: after);
            await AuditTrail.WriteAsync(tx, account.TenantId, actor, now, change, ct);
        }

        return id;
    }
}
