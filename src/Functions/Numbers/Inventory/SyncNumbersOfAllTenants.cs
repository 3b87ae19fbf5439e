using Microsoft.Azure.Functions.Worker;
using Relais.Access;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Numbers.Inventory;

/// <summary>
/// Runs every hour and synchronises the numbers of each tenant, starting with the account that was checked longest ago. An error with one
/// tenant does not stop the others.
/// </summary>
internal sealed partial class SyncNumbersOfAllTenants(
    SystemDb db, SyncNumbers sync, TimeProvider time, ILogger<SyncNumbersOfAllTenants> logger)
{
    private const int MaxParallelTenants = 4;
    private static readonly Actor Job = Actor.System("sync-numbers");

    // Accounts that were checked in this run have checked_at >= @Begun and are not selected again.
    private const string SelectAccounts = $"""
        select id, tenant_id, coalesce(checked_at, 'epoch') as checked_at
        from provider_accounts
        where provider = '{ProviderNames.Current}' and coalesce(checked_at, 'epoch') < @Begun
          and (coalesce(checked_at, 'epoch'), id) > (@CheckedAt, @Id)
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
        var startedAt = time.GetUtcNow().UtcDateTime;
        await ForEachIsolated.ForEachPageAsync<Row>(
            last => SelectPageAsync(last, startedAt, ct),
            MaxParallelTenants,
            (account, token) => SyncAsync(account.TenantId, tenantsToRepeat.Add, token),
            (account, e) => Log.SyncFailed(logger, e, account.TenantId),
            ct);

        // A number that moved from one tenant's account to another's can be added now: the first tenant's inventory has released it.
        await ForEachIsolated.ForEachAsync(
            tenantsToRepeat,
            MaxParallelTenants,
            (tenantId, token) => SyncAsync(tenantId, _ => { }, token),
            (tenantId, e) => Log.SyncFailed(logger, e, tenantId),
            ct);
    }

    private Task<List<Row>> SelectPageAsync(Row? last, DateTime startedAt, CancellationToken ct)
    {
        var parameters = new
        {
            Begun = startedAt,
            CheckedAt = last?.CheckedAt ?? DateTime.UnixEpoch.AddDays(-1),
            Id = last?.Id ?? Guid.Empty,
            ForEachIsolated.PageSize,
        };
        return db.RunAsync(tx => tx.QueryAsync<Row>(SelectAccounts, parameters, ct), ct);
    }

    /// <param name="ownedByOthers">Called for a tenant whose account has numbers that are still in another tenant's inventory.</param>
    private async Task SyncAsync(Guid tenantId, Action<Guid> ownedByOthers, CancellationToken ct)
    {
        var outcome = await sync.RunAsync(tenantId, Job, ct);
        if (outcome.Failure is { } failure)
        {
            Log.SyncRefused(logger, tenantId, failure.Code);
        }
        else if (outcome.Value.OwnedByAnotherTenant > 0)
        {
            ownedByOthers(tenantId);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The numbers of tenant {TenantId} could not be synchronised: {Code}")]
        public static partial void SyncRefused(ILogger logger, Guid tenantId, string code);

        [LoggerMessage(2, LogLevel.Error, "The numbers of tenant {TenantId} could not be synchronised")]
        public static partial void SyncFailed(ILogger logger, Exception e, Guid tenantId);
    }
}
