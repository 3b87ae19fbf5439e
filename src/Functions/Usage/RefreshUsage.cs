using Npgsql;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Accounts;
using Relais.Usage.Budget;

namespace Relais.Usage;

/// <summary>Asks the provider what it will bill and what is left, keeps both, and tells when a level of the budget is reached.</summary>
internal sealed partial class RefreshUsage(
    TenantDb db, TenantAccounts accounts, IUsageProvider source, INumberProvider provider, TimeProvider time, ILogger<RefreshUsage> log)
{
    // a bill is not complete on its last day
    private const int DaysOfLastMonth = 3;

    public async Task<Result<UsageView>> RunAsync(Guid tenantId, CancellationToken ct)
    {
        if (await accounts.FindAsync(tenantId, ct) is not { } account)
        {
            return TelephonyFailures.Create(TelephonyFailures.NoAccount);
        }

        var now = time.GetUtcNow();
        var read = new List<(DateOnly Month, List<UsageRecord> Records)>();
        foreach (var asked in OpenMonths(now))
        {
            var records = await source.ReadMonthAsync(account.Provider, asked);
            if (records.Failure is { } failure)
            {
                return TelephonyFailures.From(failure);
            }

            read.Add((asked, records.Value));
        }

        var balance = await provider.FetchBalanceAsync(account.Provider);
        return await db.RunAsync(tenantId, tx => StoreAsync(tx, account, read, balance, now, ct), ct);
    }

    /// <summary>By what is known already.</summary>
    public Task<UsageView> CheckBudgetAsync(Guid tenantId, CancellationToken ct) => db.RunAsync(tenantId, async tx =>
    {
        await UsageLock.LockAsync(tx, tenantId, ct);
        return await CheckBudgetAsync(tx, tenantId, time.GetUtcNow(), ct);
    }, ct);

    /// <summary>The months whose bill may still grow, the present one last.</summary>
    private static DateOnly[] OpenMonths(DateTimeOffset now) =>
        now.UtcDateTime.Day <= DaysOfLastMonth ? [Month.FirstDayOf(now).AddMonths(-1), Month.FirstDayOf(now)] : [Month.FirstDayOf(now)];

    private async Task<UsageView> StoreAsync(
        NpgsqlTransaction tx, TenantAccount account, List<(DateOnly Month, List<UsageRecord> Records)> read, ProviderResult<Money> balance, DateTimeOffset now, CancellationToken ct)
    {
        await UsageLock.LockAsync(tx, account.TenantId, ct);
        foreach (var (month, records) in read)
        {
            await ProviderBilling.KeepAsync(tx, account, month, records, now, ct);
        }

        // a sub-account has none; any other failure leaves what was known
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

    private async Task<UsageView> CheckBudgetAsync(NpgsqlTransaction tx, Guid tenantId, DateOnly month, DateTimeOffset now, CancellationToken ct)
    {
        var usage = await ReadMonth.ReadAsync(tx, tenantId, month, now, ct);
        var raised = await BudgetAlerts.RaiseAsync(tx, tenantId, month, usage.Budget, now, ct);
        foreach (var level in raised)
        {
            Log.Reached(log, tenantId, level, Month.Text(month));
        }

        return raised.Count == 0 ? usage : usage with { Alerts = await BudgetAlerts.SelectOfMonthAsync(tx, tenantId, month, ct) };
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Tenant {TenantId} has spent {Level} % of the budget of {Month}")]
        public static partial void Reached(ILogger log, Guid tenantId, int level, string month);
    }
}
