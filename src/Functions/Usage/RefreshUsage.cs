using Npgsql;
using Relais.Accounts;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Usage.Budget;

namespace Relais.Usage;

/// <summary>Reads the billing and the balance from the provider, stores both, and raises an alert when a budget level is reached.</summary>
internal sealed partial class RefreshUsage(
    TenantDb db, TenantAccounts accounts, IUsageProvider source, INumberProvider provider, TimeProvider time, ILogger<RefreshUsage> log)
{
    // The provider completes the bill of a month some days after its end.
    private const int DaysOfLastMonth = 3;

    public async Task<Result<UsageView>> RunAsync(Guid tenantId, CancellationToken ct)
    {
        if (await accounts.FindAsync(tenantId, ct) is not { } account)
        {
            return TelephonyFailures.Create(TelephonyFailures.NoAccount);
        }

        var now = time.GetUtcNow();
        var billing = new List<(DateOnly Month, List<UsageRecord> Records)>();
        foreach (var month in OpenMonths(now))
        {
            var records = await source.ReadMonthAsync(account.Credentials, month);
            if (records.Failure is { } failure)
            {
                return TelephonyFailures.From(failure);
            }

            billing.Add((month, records.Value));
        }

        var balance = await provider.FetchBalanceAsync(account.Credentials);
        return await db.RunAsync(tenantId, tx => StoreAsync(tx, account, billing, balance, now, ct), ct);
    }

    /// <summary>Checks the budget with the stored figures, without asking the provider.</summary>
    public Task<UsageView> CheckBudgetAsync(Guid tenantId, CancellationToken ct) => db.RunAsync(tenantId, async tx =>
    {
        await tx.LockAsync(AdvisoryLock.Usage, tenantId, ct);
        return await CheckBudgetAsync(tx, tenantId, time.GetUtcNow(), ct);
    }, ct);

    /// <returns>First days of the months whose bill may still grow, the current month last.</returns>
    private static DateOnly[] OpenMonths(DateTimeOffset now) =>
        now.UtcDateTime.Day <= DaysOfLastMonth ? [Month.FirstDayOf(now).AddMonths(-1), Month.FirstDayOf(now)] : [Month.FirstDayOf(now)];

    private async Task<UsageView> StoreAsync(
        NpgsqlTransaction tx, TenantAccount account, List<(DateOnly Month, List<UsageRecord> Records)> billing,
        ProviderResult<Money> balance, DateTimeOffset now, CancellationToken ct)
    {
        await tx.LockAsync(AdvisoryLock.Usage, account.TenantId, ct);
        foreach (var (month, records) in billing)
        {
            await ProviderBilling.KeepAsync(tx, account, month, records, now, ct);
        }

        // A sub-account has no balance: the provider responds with 404. After any other failure the stored balance stays.
        if (balance.Failure is null or { IsNotFound: true })
        {
            await ProviderBilling.KeepAsync(tx, account, balance.Failure is null ? balance.Value : null, now, ct);
        }

        return await CheckBudgetAsync(tx, account.TenantId, now, ct);
    }

    private async Task<UsageView> CheckBudgetAsync(NpgsqlTransaction tx, Guid tenantId, DateTimeOffset now, CancellationToken ct)
    {
        foreach (var month in OpenMonths(now)[..^1])
        {
            await CheckBudgetAsync(tx, tenantId, month, now, ct);
        }

        return await CheckBudgetAsync(tx, tenantId, Month.FirstDayOf(now), now, ct);
    }

    private async Task<UsageView> CheckBudgetAsync(
        NpgsqlTransaction tx, Guid tenantId, DateOnly month, DateTimeOffset now, CancellationToken ct)
    {
        var usage = await ReadMonth.ReadAsync(tx, tenantId, month, now, ct);
        var raisedLevels = await BudgetAlerts.RaiseAsync(tx, tenantId, month, usage.Budget, now, ct);
        foreach (var level in raisedLevels)
        {
            Log.BudgetLevelReached(log, tenantId, level, Month.Format(month));
        }

        return raisedLevels.Count == 0 ? usage : usage with { Alerts = await BudgetAlerts.SelectOfMonthAsync(tx, tenantId, month, ct) };
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Tenant {TenantId} has spent {Level} % of the budget of {Month}")]
        public static partial void BudgetLevelReached(ILogger log, Guid tenantId, int level, string month);
    }
}
