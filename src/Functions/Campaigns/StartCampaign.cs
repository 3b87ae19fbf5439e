using Microsoft.DurableTask.Client;
using Relais.Access;
using Relais.Campaigns.Run;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Campaigns;

internal sealed class StartCampaign(TenantDb db, TimeProvider time, CampaignOrchestrations runs)
{
    private const string IsExpired = "select exists (select from campaigns where id = @Id and status = 'draft' and expires_at <= @Now)";

    private const string HasRetiredSender = """
        select exists (
          select from campaigns c
          join senders s on s.id = c.sender_id
          where c.id = @Id and c.status = 'draft' and s.retired_at is not null)
        """;

    private const string SetStarting = """
        update campaigns
        set status = 'starting', started_at = @Now
        where id = @Id and status = 'draft'
        returning status
        """;

    private static readonly StatusChange Change = new("campaign.start", SetStarting, [CampaignStatus.Starting, CampaignStatus.Running]);

    public async Task<Result<CampaignState>> RunAsync(Caller caller, Guid id, DurableTaskClient client, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var result = await db.RunAsync<Result<CampaignState>>(caller.TenantId, async tx =>
            await tx.QueryOneAsync<bool>(IsExpired, new { Id = id, Now = now.UtcDateTime }, ct)
                ? CampaignFailures.Expired()
                : await tx.QueryOneAsync<bool>(HasRetiredSender, new { Id = id }, ct)
                ? CampaignFailures.SenderRetired()
                : await ChangeCampaignStatus.RunAsync(tx, caller, Change, id, now, ct), ct);
        if (result.Failure is null)
        {
            await runs.ScheduleAsync(client, caller.TenantId, id, ct);
        }

        return result;
    }
}
