using Npgsql;
using Relais.Campaigns.FollowUp;
using Relais.Channels;
using Relais.Consent;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Webhooks;

/// <summary>The result of processing one event.</summary>
/// <param name="State">The event's new state.</param>
/// <param name="Reason">Why it has no effect.</param>
/// <param name="WakeSender">The sender that has a Message 2 to send.</param>
internal sealed record InboundProcessingResult(string State, string? Reason = null, Guid? WakeSender = null);

/// <summary>The effect of one stored inbound message: contact, message row, consent or campaign reply. One transaction is the caller's.</summary>
internal sealed class ProcessInbound(AddressHash hash, TimeProvider time)
{
    public const string UnknownSenderAddress = "sender_address_not_readable";
    public const string NoSenderForAddress = "no_sender_has_the_address";

    private const string SelectSender = """
        select s.id from senders s
        join provider_accounts a on a.id = s.account_id
        where s.tenant_id = @TenantId and s.channel = @Channel and s.address = any(@Addresses) and a.account_sid = @AccountSid
        order by s.address = @To desc
        limit 1
        """;

    // the id of the event is the id of the message: what was recorded when the event was stored already names it
    private const string InsertInboundMessage = """
        insert into messages (id, tenant_id, sender_id, stream_id, direction, lane, marketing, channel, contact_id, contact_address, body, media, location, units,
          status, due_at, provider_sid, created_at, ended_at)
        values (@Id, @TenantId, @SenderId, @SenderId, 'in', 0, false, @Channel, @ContactId, @From, @Text, @Media::jsonb, @Location::jsonb, @Units,
          'received', @At, @Sid, @At, @At)
        on conflict do nothing
        returning id
        """;

    public async Task<InboundProcessingResult> RunAsync(NpgsqlTransaction tx, StoredEventRow stored, InboundMessage message, CancellationToken ct)
    {
        var senderId = message.HasAddress ? await FindSenderAsync(tx, stored.TenantId, message, ct) : null;
        if (senderId is null)
        {
            await RecordConsentAsync(tx, stored, message, null, ct);
            return message.HasAddress ? new InboundProcessingResult("unrouted", NoSenderForAddress) : new InboundProcessingResult("ignored", UnknownSenderAddress);
        }

        var contactId = message.HasContact
            ? await FindOrCreateContact.RunAsync(tx, hash, stored.TenantId, message.From, message.ProfileName, message.UserId, time.GetUtcNow(), ct)
            : (Guid?)null;
        if (!await InsertAsync(tx, stored, message, senderId.Value, contactId, ct))
        {
            return new InboundProcessingResult("done");
        }

        await RecordConsentAsync(tx, stored, message, contactId, ct);
        var hasWork = contactId is { } contact && await ApplyKeywordOrReplyAsync(tx, stored, message, senderId.Value, contact, ct);
        return new InboundProcessingResult("done", WakeSender: hasWork ? senderId : null);
    }

    /// <returns>Whether the sender has something to send now.</returns>
    private static async Task<bool> ApplyKeywordOrReplyAsync(NpgsqlTransaction tx, StoredEventRow stored, InboundMessage message, Guid senderId, Guid contactId, CancellationToken ct)
    {
        switch (message.Intent.Keyword)
        {
            case Keyword.Stop:
                await CountOptOut.RunAsync(tx, stored.TenantId, senderId, contactId, stored.ReceivedAtOffset, ct);
                return false;
            case Keyword.None:
                return await RecordReply.RunAsync(tx, stored.TenantId, senderId, contactId, message.Text, stored.ReceivedAtOffset, ct);
            default:
                return false;
        }
    }

    private Task RecordConsentAsync(NpgsqlTransaction tx, StoredEventRow stored, InboundMessage message, Guid? contactId, CancellationToken ct) =>
        stored.ConsentRecorded ? Task.CompletedTask : RecordMessageConsent.RunAsync(tx, hash, stored.TenantId, message, contactId, stored.Id, stored.ReceivedAtOffset, ct);

    private static async Task<bool> InsertAsync(
        NpgsqlTransaction tx, StoredEventRow stored, InboundMessage message, Guid senderId, Guid? contactId, CancellationToken ct) =>
        await tx.QueryOneAsync<Guid?>(InsertInboundMessage, new
        {
            stored.Id,
            stored.TenantId,
            SenderId = senderId,
            message.Channel,
            ContactId = contactId,
            message.From,
            message.Text,
            message.Media,
            message.Location,
            message.Units,
            At = stored.ReceivedAt,
            stored.Sid,
        }, ct) is not null;

    private static async Task<Guid?> FindSenderAsync(NpgsqlTransaction tx, Guid tenantId, InboundMessage message, CancellationToken ct)
    {
        var parameters = new { TenantId = tenantId, message.Channel, message.To, Addresses = AddressKey.Spellings(message.To), message.AccountSid };
        if (await tx.QueryOneAsync<Guid?>(SelectSender, parameters, ct) is { } known)
        {
            return known;
        }

        // a sender that is being registered at this moment is either seen now, or sees what is unrouted
        await UnroutedMessages.LockRoutingAsync(tx, tenantId, ct);
        return await tx.QueryOneAsync<Guid?>(SelectSender, parameters, ct);
    }
}
