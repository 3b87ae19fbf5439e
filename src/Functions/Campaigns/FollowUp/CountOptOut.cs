using Npgsql;
using Relais.Platform.Database;
using Relais.Sending;

namespace Relais.Campaigns.FollowUp;

/// <summary>Counts an opt-out that answers a campaign among its results, once per recipient.</summary>
internal static class CountOptOut
{
    private const string MarkAndCountOptOut = $"""
        with {LatestCampaignMessage.LatestMessageCte},
        marked as (
          update campaign_recipients r set opted_out_at = @At
          from latest l
          join campaigns c on c.id = l.campaign_id
          where r.campaign_id = l.campaign_id and r.contact_id = l.contact_id and r.opted_out_at is null
            and l.sent_at > @At - make_interval(hours => c.reply_window_hours)
          returning r.campaign_id
        )
        {CampaignCountersSql.Insert}
        select campaign_id, 'opted_out', {CampaignCountersSql.Shard}, @TenantId, 1 from marked
        {CampaignCountersSql.AddToExisting}
        """;

    public static Task RunAsync(
        NpgsqlTransaction tx, Guid tenantId, Guid senderId, Guid contactId, DateTimeOffset at, CancellationToken ct) =>
        tx.ExecuteAsync(
            MarkAndCountOptOut, new { TenantId = tenantId, SenderId = senderId, ContactId = contactId, At = at.UtcDateTime }, ct);
}
