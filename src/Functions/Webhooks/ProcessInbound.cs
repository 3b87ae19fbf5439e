using Npgsql;
using Relais.Campaigns.FollowUp;
using Relais.Channels;
using Relais.Consent;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Webhooks;

/// <summary>
/// Applies one stored inbound message: creates the contact and the message row, and records an opt-out, an opt-in or a campaign reply. Runs
/// in the caller's transaction.
/// </summary>
internal sealed class ProcessInbound(AddressHash hash, TimeProvider time)
{
    public const string UnknownSenderAddress = "sender_address_not_readable";
    public const string NoSenderForAddress = "no_sender_has_the_address";

    // The message gets the id of its event: a consent that was recorded together with the event already refers to this id.
    private const string InsertInboundMessage = """
        insert into messages (id, tenant_id, sender_id, stream_id, direction, lane, marketing, channel, contact_id, contact_address,
          body, media, location, units, status, due_at, provider_sid, created_at, ended_at)
        values (@Id, @TenantId, @SenderId, @SenderId, 'in', 0, false, @Channel, @ContactId, @From,
          @Text, @Media::jsonb, @Location::jsonb, @Units, 'received', @At, @Sid, @At, @At)
        on conflict do nothing
        returning id
        """;

    public async Task<EventProcessingResult> RunAsync(
        NpgsqlTransaction tx, StoredEventRow stored, InboundMessage message, CancellationToken ct)
    {
        var senderId = message.HasAddress ? await InboundSender.FindAsync(tx, stored.TenantId, message, ct) : null;
        if (senderId is null)
        {
            await RecordConsentAsync(tx, stored, message, null, ct);
            return message.HasAddress
                ? new EventProcessingResult(WebhookEventState.Unrouted, NoSenderForAddress)
                : new EventProcessingResult(WebhookEventState.Ignored, UnknownSenderAddress);
        }

        var contactId = message.CreatesContact
            ? await FindOrCreateContact.RunAsync(
                tx, hash, stored.TenantId, message.From, message.ProfileName, message.UserId, time.GetUtcNow(), ct)
            : (Guid?)null;
        if (!await InsertAsync(tx, stored, message, senderId.Value, contactId, ct))
        {
            return new EventProcessingResult(WebhookEventState.Done);
        }

        await RecordConsentAsync(tx, stored, message, contactId, ct);
        var canSendNext = contactId is { } contact && await ApplyKeywordOrReplyAsync(tx, stored, message, senderId.Value, contact, ct);
        return new EventProcessingResult(WebhookEventState.Done, WakeSender: canSendNext ? senderId : null);
    }

    /// <returns>Whether the sender has something to send now.</returns>
    private static async Task<bool> ApplyKeywordOrReplyAsync(
        NpgsqlTransaction tx, StoredEventRow stored, InboundMessage message, Guid senderId, Guid contactId, CancellationToken ct)
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

    private Task RecordConsentAsync(
        NpgsqlTransaction tx, StoredEventRow stored, InboundMessage message, Guid? contactId, CancellationToken ct) =>
        stored.ConsentRecorded
            ? Task.CompletedTask
            : RecordMessageConsent.RunAsync(tx, hash, stored.TenantId, message, contactId, stored.Id, stored.ReceivedAtOffset, ct);

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
}
