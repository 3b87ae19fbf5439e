using Npgsql;
using Relais.Campaigns.Messages;
using Relais.Consent;
using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.Campaigns.FollowUp;

/// <summary>
/// Records a reply for the latest campaign that sent this contact a message, if the reply is within the campaign's reply window. Only the
/// first reply counts and queues Message 2. The UPDATE requires that no reply is recorded yet, so this also holds for concurrent replies.
/// </summary>
internal static class RecordReply
{
    private static readonly TimeSpan FreeTextWindow = TimeSpan.FromHours(24);

    private const string MarkReplied = $"""
        with {LatestCampaignMessage.LatestMessageCte}
        update campaign_recipients r
        set replied_at = @At
        from latest, campaigns c, senders s
        where r.campaign_id = latest.campaign_id and r.contact_id = latest.contact_id
          and c.id = r.campaign_id and s.id = @SenderId
          and latest.sent_at > @At - make_interval(hours => c.reply_window_hours)
          and r.replied_at is null
        returning r.campaign_id, r.address, r.variables::text, s.channel,
          case when c.status in ('running', 'paused', 'finished') and not is_erased(r.address) then c.message2::text end as message2
        """;

    private const string InsertFollowUp = """
        insert into messages (id, tenant_id, sender_id, stream_id, lane, marketing, channel, contact_id, contact_address, campaign_id, step,
          body, content_sid, content_variables, units, due_at, expires_at, created_at)
        values (@MessageId, @TenantId, @SenderId, @SenderId, 0, false, @Channel, @ContactId, @Address, @CampaignId, 2,
          @Body, @ContentSid, @ContentVariables::jsonb, @Units, @At, @ExpiresAt, @At);
        update campaign_recipients
        set followup_message_id = @MessageId
        where campaign_id = @CampaignId and contact_id = @ContactId
        """;

    private sealed class RepliedRecipient
    {
        public required Guid CampaignId { get; init; }
        public required string Address { get; init; }
        public required string Variables { get; init; }
        public required string Channel { get; init; }
        public string? Message2 { get; init; }
    }

    /// <returns>True when Message 2 was queued, so that the sender must be woken.</returns>
    public static async Task<bool> RunAsync(
        NpgsqlTransaction tx, Guid tenantId, Guid senderId, Guid contactId, string? text, DateTimeOffset at, CancellationToken ct)
    {
        if (Keywords.Parse(text) != Keyword.None)
        {
            return false;
        }

        var parameters = new { TenantId = tenantId, SenderId = senderId, ContactId = contactId, At = at.UtcDateTime };
        var recipient = await tx.QueryOneAsync<RepliedRecipient>(MarkReplied, parameters, ct);
        if (recipient is null)
        {
            return false;
        }

        var message = recipient.Message2 is null ? null : Render(recipient.Message2, recipient);
        if (message is not { Fault: null })
        {
            var count = new Dictionary<string, long> { [CounterName.Replied] = 1 };
            await CampaignCounters.AddAsync(tx, tenantId, recipient.CampaignId, count, ct);
            return false;
        }

        await InsertFollowUpAsync(tx, tenantId, senderId, contactId, recipient, message, at, ct);
        return true;
    }

    private static RenderedMessage Render(string message2, RepliedRecipient recipient) =>
        new MessageRenderer(Json.Read<MessageContent>(message2), recipient.Channel)
            .Render(Json.Read<Dictionary<string, string>>(recipient.Variables));

    private static async Task InsertFollowUpAsync(
        NpgsqlTransaction tx,
        Guid tenantId,
        Guid senderId,
        Guid contactId,
        RepliedRecipient recipient,
        RenderedMessage message,
        DateTimeOffset at,
        CancellationToken ct)
    {
        await tx.ExecuteAsync(InsertFollowUp, new
        {
            MessageId = Guid.CreateVersion7(at),
            TenantId = tenantId,
            SenderId = senderId,
            ContactId = contactId,
            recipient.CampaignId,
            recipient.Channel,
            recipient.Address,
            message.Body,
            message.ContentSid,
            message.ContentVariables,
            message.Units,
            At = at.UtcDateTime,
            ExpiresAt = (at + FreeTextWindow).UtcDateTime,
        }, ct);
        var counts = new Dictionary<string, long>
        {
            [CounterName.Replied] = 1,
            [CounterName.FollowedUp] = 1,
            [CounterName.FollowupPrefix + CounterName.Queued] = 1,
        };
        await CampaignCounters.AddAsync(tx, tenantId, recipient.CampaignId, counts, ct);
    }
}
