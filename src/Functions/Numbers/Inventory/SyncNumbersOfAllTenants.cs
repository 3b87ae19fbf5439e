using Microsoft.Azure.Functions.Worker;
using Relais.Access;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Numbers.Inventory;

/// <summary>
/// Every hour: each tenant's numbers as its account has them, whoever was looked at longest ago first. One tenant's trouble is no other's.
/// </summary>
internal sealed partial class SyncNumbersOfAllTenants(SystemDb db, SyncNumbers sync, TimeProvider time, ILogger<SyncNumbersOfAllTenants> logger)
{
    private const int PageSize = 200;
    private const int AtOnce = 4;
    private static readonly Actor Job = Actor.System("sync-numbers");

    // who was looked at in this run stands behind its beginning
    private const string SelectAccounts = """
        select id, tenant_id, coalesce(checked_at, 'epoch') as checked_at
        from provider_accounts
        where provider = 'twilio' and coalesce(checked_at, 'epoch') < @Begun and (coalesce(checked_at, 'epoch'), id) > (@CheckedAt, @Id)
        order by coalesce(checked_at, 'epoch'), id
        limit @PageSize
        """;

    private sealed class Row
    {
        public required Guid Id { get; init; }
        public required Guid TenantId { get; init; }
        public required DateTime CheckedAt { get; init; }
    }

    [Function(nameof(SyncNumbersOfAllTenants))]
    public async Task RunAsync([TimerTrigger("0 17 * * * *")] TimerInfo timer, CancellationToken ct)
    {
        var tenantsToRepeat = new System.Collections.Concurrent.ConcurrentBag<Guid>();
        var begun = time.GetUtcNow().UtcDateTime;
        var (checkedAt, id) = (DateTime.UnixEpoch.AddDays(-1), Guid.Empty);
        List<Row> page;
        do
        {
            page = await db.RunAsync(tx => tx.QueryAsync<Row>(SelectAccounts, new { Begun = begun, CheckedAt = checkedAt, Id = id, PageSize }, ct), ct);
            await EachAsync(page.Select(row => row.TenantId), tenantsToRepeat.Add, ct);
            (checkedAt, id) = page.Count > 0 ? (page[^1].CheckedAt, page[^1].Id) : (checkedAt, id);
        }
        while (page.Count == PageSize);

        // a number that moved from one tenant to another was let go of by now
        await EachAsync([.. tenantsToRepeat], _ => { }, ct);
    }

    private Task EachAsync(IEnumerable<Guid> tenants, Action<Guid> contested, CancellationToken ct) =>
        ForEachIsolated.ForEachAsync(
            tenants, AtOnce, (tenantId, token) => OneAsync(tenantId, contested, token), (tenantId, e) => Log.Failed(logger, e, tenantId), ct);

    private async Task OneAsync(Guid tenantId, Action<Guid> contested, CancellationToken ct)
    {
        var outcome = await sync.RunAsync(tenantId, Job, ct);
        if (outcome.Failure is { } failure)
        {
            Log.NotSynchronised(logger, tenantId, failure.Code);
        }
        else if (outcome.Value.OwnedByAnotherTenant > 0)
        {
            contested(tenantId);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The numbers of tenant {TenantId} could not be synchronised: {Code}")]
        public static partial void NotSynchronised(ILogger logger, Guid tenantId, string code);

        [LoggerMessage(2, LogLevel.Error, "The numbers of tenant {TenantId} could not be synchronised")]
        public static partial void Failed(ILogger logger, Exception e, Guid tenantId);
    }
}
