using Relais.Platform.Database;
using Relais.Platform.Queues;
using Relais.Sending;

namespace Relais.Webhooks;

/// <summary>Stored events that nobody was woken for, or whose processing failed. Tokens that sign no more are forgotten on the way.</summary>
internal sealed class SweepWebhooks(SystemDb db, WorkQueues queues, TimeProvider time, Random random)
{
    private const string Waiting = """
        select id from webhook_events
        where state = 'pending' and received_at < now() - interval '1 minute' and attempts < 20
        order by received_at
        limit 500
        """;

    // the callback and the record of its SID may have committed side by side, each before it could see the other
    private const string MissedSids = """
        select distinct e.sid from webhook_events e
        join messages m on m.provider_sid = e.sid and m.tenant_id = e.tenant_id
        where e.state = 'early' and e.kind = 'status'
        limit 500
        """;

    private const string ForgetTokens = """
        update provider_accounts
        set previous_secret = null, previous_secret_key_id = null, replaced_at = null, previous_until = null
        where previous_until <= @Now or replaced_at <= @Oldest
        """;

    public async Task RunAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await db.RunAsync(tx => tx.ExecuteAsync(ForgetTokens, new { Now = now.UtcDateTime, Oldest = (now - SigningAccount.Longest).UtcDateTime }, ct), ct);
        await db.RunAsync(async tx => await EarlyStatuses.ApplyAsync(tx, [.. await tx.QueryAsync<string>(MissedSids, null, ct)], now, random, ct), ct);
        foreach (var id in await db.RunAsync(tx => tx.QueryAsync<Guid>(Waiting, null, ct), ct))
        {
            await queues.SendAsync(QueueNames.ProcessWebhook, id, null, ct);
        }
    }
}
