using Microsoft.Azure.Functions.Worker;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Usage;

/// <summary>
/// Counts the ended days of every tenant each hour, and refreshes the billing of the tenants with a provider account. An error of one
/// tenant does not stop the others.
/// </summary>
internal sealed partial class RefreshUsageOfAllTenants(
    SystemDb db, RollUpDays rollUp, RefreshUsage refresh, ILogger<RefreshUsageOfAllTenants> log)
{
    private const int MaxParallel = 4;

    private const string SelectTenants = $"""
        select t.id,
          exists (select from provider_accounts a where a.tenant_id = t.id and a.provider = '{ProviderNames.Current}') as has_account
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

    internal Task RunAsync(CancellationToken ct) => ForEachIsolated.ForEachPageAsync<Row>(
        last => SelectPageAsync(last?.Id ?? Guid.Empty, ct),
        MaxParallel,
        RefreshTenantAsync,
        (tenant, e) => Log.TenantFailed(log, e, tenant.Id),
        ct);

    private Task<List<Row>> SelectPageAsync(Guid after, CancellationToken ct) =>
        db.RunAsync(tx => tx.QueryAsync<Row>(SelectTenants, new { After = after, ForEachIsolated.PageSize }, ct), ct);

    private async Task RefreshTenantAsync(Row tenant, CancellationToken ct)
    {
        await rollUp.RunAsync(tenant.Id, ct);
        if (!tenant.HasAccount)
        {
            return;
        }

        var refreshed = await refresh.RunAsync(tenant.Id, ct);
        if (refreshed.Failure is { } failure)
        {
            Log.RefreshFailed(log, tenant.Id, failure.Code);
            // The estimate grows without the provider, so it may have reached a level of the budget.
            await refresh.CheckBudgetAsync(tenant.Id, ct);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Could not read the usage of tenant {TenantId} from the provider: {Code}")]
        public static partial void RefreshFailed(ILogger log, Guid tenantId, string code);

        [LoggerMessage(2, LogLevel.Error, "Could not count or refresh the usage of tenant {TenantId}; the next run tries again")]
        public static partial void TenantFailed(ILogger log, Exception e, Guid tenantId);
    }
}
