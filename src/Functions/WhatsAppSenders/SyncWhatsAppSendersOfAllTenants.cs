using Microsoft.Azure.Functions.Worker;
using Relais.Access;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.WhatsAppSenders;

/// <summary>Synchronises the WhatsApp senders of every tenant each hour. An error of one tenant does not stop the others.</summary>
internal sealed partial class SyncWhatsAppSendersOfAllTenants(
    SystemDb db, SyncWhatsAppSenders sync, ILogger<SyncWhatsAppSendersOfAllTenants> log)
{
    private const int MaxParallel = 4;
    private static readonly Actor Job = Actor.System("sync-whatsapp-senders");

    private const string SelectTenants = $"""
        select tenant_id from provider_accounts
        where provider = '{ProviderNames.Current}' and tenant_id > @After
        order by tenant_id
        limit @PageSize
        """;

    [Function(nameof(SyncWhatsAppSendersOfAllTenants))]
    public Task Hourly([TimerTrigger("0 37 * * * *")] TimerInfo timer, CancellationToken ct) => RunAsync(ct);

    internal Task RunAsync(CancellationToken ct) => ForEachIsolated.ForEachPageAsync<Guid>(
        after => SelectPageAsync(after, ct),
        MaxParallel,
        SyncTenantAsync,
        (tenantId, e) => Log.TenantFailed(log, e, tenantId),
        ct);

    private Task<List<Guid>> SelectPageAsync(Guid after, CancellationToken ct) =>
        db.RunAsync(tx => tx.QueryAsync<Guid>(SelectTenants, new { After = after, ForEachIsolated.PageSize }, ct), ct);

    private async Task SyncTenantAsync(Guid tenantId, CancellationToken ct)
    {
        if ((await sync.RunAsync(tenantId, Job, ct)).Failure is { } failure)
        {
            Log.SyncFailed(log, tenantId, failure.Code);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Could not synchronise the WhatsApp senders of tenant {TenantId}: {Code}")]
        public static partial void SyncFailed(ILogger log, Guid tenantId, string code);

        [LoggerMessage(2, LogLevel.Error, "Could not synchronise the WhatsApp senders of tenant {TenantId}; the next run tries again")]
        public static partial void TenantFailed(ILogger log, Exception e, Guid tenantId);
    }
}
