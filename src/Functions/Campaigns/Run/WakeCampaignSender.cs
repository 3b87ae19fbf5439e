using Microsoft.Azure.Functions.Worker;
using Relais.Platform.Database;
using Relais.Platform.Queues;

namespace Relais.Campaigns.Run;

internal sealed class WakeCampaignSender(TenantDb db, WorkQueues queues)
{
    private const string SelectSenderId = "select sender_id from campaigns where id = @CampaignId";

    [Function(nameof(WakeCampaignSender))]
    public async Task RunAsync([ActivityTrigger] CampaignIds ids, CancellationToken ct)
    {
        var senderId = await db.RunAsync(ids.TenantId, tx => tx.QueryOneAsync<Guid>(SelectSenderId, new { ids.CampaignId }, ct), ct);
        await queues.SendAsync(QueueNames.WakeSender, senderId, delay: null, ct);
    }
}
