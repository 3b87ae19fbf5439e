using Npgsql;
using Relais.Platform.Database;

namespace Relais.Privacy.Retention;

/// <summary>
/// Removes addresses and variables from the recipients of campaigns that ended before the retention period. Contact ids and statistics
/// stay.
/// </summary>
internal static class EraseOldRecipients
{
    private const string SelectOldCampaign = """
        select id from campaigns
        where tenant_id = @TenantId and finished_at is not null and recipients_erased_at is null
          and finished_at < @Before and status in ('finished', 'cancelled')
        order by finished_at
        limit 1
        """;

    private const string ErasePage = """
        with page as materialized (
          select contact_id from campaign_recipients
          where campaign_id = @CampaignId and contact_id > @After and (address <> 'erased' or variables <> '{}')
          order by contact_id
          limit @Page
        ),
        erased as (
          update campaign_recipients r set address = 'erased', variables = '{}'
          from page p
          where r.campaign_id = @CampaignId and r.contact_id = p.contact_id and (r.address <> 'erased' or r.variables <> '{}')
        )
        select contact_id from page order by contact_id desc limit 1
        """;

    private const string MarkRecipientsErased = "update campaigns set recipients_erased_at = @Now where id = @CampaignId";

    public static Task<Guid?> SelectNextCampaignAsync(NpgsqlTransaction tx, Guid tenantId, DateTime before, CancellationToken ct) =>
        tx.QueryOneAsync<Guid?>(SelectOldCampaign, new { TenantId = tenantId, Before = before }, ct);

    /// <param name="after">The contact id at which the previous page ended; empty for the first page.</param>
    /// <param name="page">The maximum number of recipients.</param>
    /// <returns>The last contact id of the page. Null when no recipient is left; the campaign is then marked as erased.</returns>
    public static async Task<Guid?> ErasePageAsync(
        NpgsqlTransaction tx, Guid campaignId, Guid after, int page, DateTime now, CancellationToken ct)
    {
        var last = await tx.QueryOneAsync<Guid?>(ErasePage, new { CampaignId = campaignId, After = after, Page = page }, ct);
        if (last is null)
        {
            await tx.ExecuteAsync(MarkRecipientsErased, new { CampaignId = campaignId, Now = now }, ct);
        }

        return last;
    }
}
