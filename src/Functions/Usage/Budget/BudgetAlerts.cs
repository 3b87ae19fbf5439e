using Npgsql;
using Relais.Platform.Database;

namespace Relais.Usage.Budget;

/// <summary>
/// Stores the budget alerts: one per month and budget level. When a changed budget makes a level unreached, its alert is deleted and can be
/// raised again.
/// </summary>
internal static class BudgetAlerts
{
    private const string Columns = "to_char(month, 'YYYY-MM') as month, level, trim_scale(spent) as spent, budget, currency, at";

    // A budget does not apply to months that had ended before it was set.
    private const string InsertAlerts = """
        insert into budget_alerts (tenant_id, month, level, spent, budget, currency, at)
        select @TenantId, @Month, level, @Spent, @Amount, @Currency, @Now from unnest(@Levels) as l (level)
        where not exists (
          select from tenants where id = @TenantId and monthly_budget_at >= (@Month + interval '1 month') at time zone 'UTC')
        on conflict (tenant_id, month, level) do nothing
        returning level
        """;

    private const string DeleteObsoleteAlerts = """
        delete from budget_alerts where tenant_id = @TenantId and month = @Month and level <> all (@Levels)
        """;

    private const string SelectOfMonth = $"""
        select {Columns} from budget_alerts where tenant_id = @TenantId and month = @Month order by level
        """;

    private const string SelectLatest = $"""
        select {Columns} from budget_alerts where tenant_id = @TenantId order by budget_alerts.month desc, level desc limit 100
        """;

    /// <summary>Stores an alert for each reached level that has none.</summary>
    /// <returns>The levels, in percent, for which a new alert was stored.</returns>
    public static async Task<IReadOnlyList<int>> RaiseAsync(
        NpgsqlTransaction tx, Guid tenantId, DateOnly month, BudgetView? budget, DateTimeOffset now, CancellationToken ct) =>
        budget is null || budget.ReachedLevels.Count == 0 ? [] : await tx.QueryAsync<int>(InsertAlerts, new
        {
            TenantId = tenantId,
            Month = month,
            budget.Amount,
            budget.Spent,
            budget.Currency,
            Now = now.UtcDateTime,
            Levels = budget.ReachedLevels.ToArray(),
        }, ct);

    /// <summary>Deletes the alerts of levels that the budget does not reach.</summary>
    /// <param name="tx">A transaction of the tenant.</param>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="month">First day of the month.</param>
    /// <param name="budget">Null deletes all alerts of the month.</param>
    /// <param name="ct">Cancels the statement.</param>
    public static Task DeleteObsoleteAsync(
        NpgsqlTransaction tx, Guid tenantId, DateOnly month, BudgetView? budget, CancellationToken ct) =>
        tx.ExecuteAsync(
            DeleteObsoleteAlerts, new { TenantId = tenantId, Month = month, Levels = budget?.ReachedLevels.ToArray() ?? [] }, ct);

    public static Task<List<BudgetAlert>> SelectOfMonthAsync(NpgsqlTransaction tx, Guid tenantId, DateOnly month, CancellationToken ct) =>
        tx.QueryAsync<BudgetAlert>(SelectOfMonth, new { TenantId = tenantId, Month = month }, ct);

    public static Task<List<BudgetAlert>> SelectLatestAsync(NpgsqlTransaction tx, Guid tenantId, CancellationToken ct) =>
        tx.QueryAsync<BudgetAlert>(SelectLatest, new { TenantId = tenantId }, ct);
}
