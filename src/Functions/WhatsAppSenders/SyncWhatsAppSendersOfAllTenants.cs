using Microsoft.Azure.Functions.Worker;
using Relais.Access;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.WhatsAppSenders;

/// <summary>Every hour: status, quality and limits of each tenant's WhatsApp senders. One tenant's trouble is no other's.</summary>
internal sealed partial class SyncWhatsAppSendersOfAllTenants(SystemDb db, SyncWhatsAppSenders sync, ILogger<SyncWhatsAppSendersOfAllTenants> log)
{
    private const int PageSize = 200;
    private const int AtOnce = 4;
    private static readonly Actor Job = Actor.System("sync-whatsapp-senders");

    private const string SelectTenants = """
        select tenant_id from provider_accounts
        where provider = 'twilio' and tenant_id > @After
        order by tenant_id
        limit @PageSize
        """;

    [Function(nameof(SyncWhatsAppSendersOfAllTenants))]
    public Task Hourly([TimerTrigger("0 37 * * * *")] TimerInfo timer, CancellationToken ct) => RunAsync(ct);

    internal async Task RunAsync(CancellationToken ct)
    {
        var after = Guid.Empty;
        List<Guid> page;
        do
        {
            page = await db.RunAsync(tx => tx.QueryAsync<Guid>(SelectTenants, new { After = after, PageSize }, ct), ct);
            await ForEachIsolated.ForEachAsync(page, AtOnce, OneAsync, (tenantId, e) => Log.Failed(log, e, tenantId), ct);
            after = page.Count > 0 ? page[^1] : after;
        }
        while (page.Count == PageSize);
    }

    private async Task OneAsync(Guid tenantId, CancellationToken ct)
    {
        if ((await sync.RunAsync(tenantId, Job, ct)).Failure is { } failure)
        {
            Log.NotSynchronised(log, tenantId, failure.Code);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The WhatsApp senders of tenant {TenantId} could not be synchronised: {Code}")]
        public static partial void NotSynchronised(ILogger log, Guid tenantId, string code);

        [LoggerMessage(2, LogLevel.Error, "The WhatsApp senders of tenant {TenantId} could not be synchronised")]
        public static partial void Failed(ILogger log, Exception e, Guid tenantId);
    }
}
