namespace Relais.Campaigns.FollowUp;

/// <summary>Finds the campaign that a contact answers: the latest campaign that sent the contact a message from this sender.</summary>
internal static class LatestCampaignMessage
{
    // A reply may arrive before the report that the message was sent. The time of the claim is used until then, with a minute for clock
    // differences. A message that was certainly not sent is left out, because it cannot be answered.
    /// <summary>A CTE named <c>latest</c> of at most one row; parameters @TenantId, @SenderId, @ContactId, @At.</summary>
    public const string LatestMessageCte = """
        latest as (
          select r.campaign_id, r.contact_id, coalesce(m.sent_at, m.claimed_at) as sent_at
          from campaign_recipients r
          join messages m on m.id = r.message_id
          where r.tenant_id = @TenantId and r.contact_id = @ContactId and m.sender_id = @SenderId
            and m.status not in ('failed', 'canceled', 'expired', 'skipped')
            and coalesce(m.sent_at, m.claimed_at) <= @At + interval '1 minute'
          order by coalesce(m.sent_at, m.claimed_at) desc, r.campaign_id desc
          limit 1
        )
        """;
}
