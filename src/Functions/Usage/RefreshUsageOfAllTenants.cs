using Microsoft.Azure.Functions.Worker;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Usage;

/// <summary>Every hour: days that are over are counted, and whoever has an account is asked for. One tenant's trouble is no other's.</summary>
internal sealed partial class RefreshUsageOfAllTenants(SystemDb db, RollUpDays rollUp, RefreshUsage refresh, ILogger<RefreshUsageOfAllTenants> log)
{
    private const int PageSize = 200;
    private const int AtOnce = 4;

    private const string SelectTenants = """
        select t.id, exists (select from provider_accounts a where a.tenant_id = t.id and a.provider = 'twilio') as has_account
        from tenants t
        where t.id > @After
        order by t.id
        limit @PageSize
        """;

    private sealed class Row
    {
        public required Guid Id { get; init; }
        public required bool HasAccount { get; init; }
    }

    [Function(nameof(RefreshUsageOfAllTenants))]
    public Task Hourly([TimerTrigger("0 7 * * * *")] TimerInfo timer, CancellationToken ct) => RunAsync(ct);

    internal async Task RunAsync(CancellationToken ct)
    {
        var after = Guid.Empty;
        List<Row> page;
        do
        {
            page = await db.RunAsync(tx => tx.QueryAsync<Row>(SelectTenants, new { After = after, PageSize }, ct), ct);
            await ForEachIsolated.ForEachAsync(page, AtOnce, OneAsync, (tenant, e) => Log.Failed(log, e, tenant.Id), ct);
            after = page.Count > 0 ? page[^1].Id : after;
        }
        while (page.Count == PageSize);
    }

    private async Task OneAsync(Row tenant, CancellationToken ct)
    {
        await rollUp.RunAsync(tenant.Id, ct);
        if (!tenant.HasAccount)
        {
            return;
        }

        var refreshed = await refresh.RunAsync(tenant.Id, ct);
        if (refreshed.Failure is { } failure)
        {
            Log.NotRefreshed(log, tenant.Id, failure.Code);
            // the estimate goes on counting
            await refresh.CheckBudgetAsync(tenant.Id, ct);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The usage of tenant {TenantId} could not be asked for: {Code}")]
        public static partial void NotRefreshed(ILogger log, Guid tenantId, string code);

        [LoggerMessage(2, LogLevel.Error, "The usage of tenant {TenantId} could not be counted")]
        public static partial void Failed(ILogger log, Exception e, Guid tenantId);
    }
}
