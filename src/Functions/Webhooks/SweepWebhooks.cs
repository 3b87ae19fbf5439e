using Relais.Platform.Database;
using Relais.Platform.Queues;

namespace Relais.Webhooks;

/// <summary>Stored events that nobody was woken for, or whose processing failed.</summary>
internal sealed class SweepWebhooks(SystemDb db, WorkQueues queues)
{
    private const string Waiting = """
        select id from webhook_events
        where state = 'pending' and received_at < now() - interval '1 minute' and attempts < 20
        order by received_at
        limit 500
        """;

    public async Task RunAsync(CancellationToken ct)
    {
        foreach (var id in await db.RunAsync(tx => tx.QueryAsync<Guid>(Waiting, null, ct), ct))
        {
            await queues.SendAsync(QueueNames.ProcessWebhook, id, null, ct);
        }
    }
}
