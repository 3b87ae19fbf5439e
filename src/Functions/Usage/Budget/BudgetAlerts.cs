using Npgsql;
using Relais.Platform.Database;

namespace Relais.Usage.Budget;

/// <summary>Each level of a month's budget is told once. When the budget is changed, what is no longer reached is taken back and may be told again.</summary>
internal static class BudgetAlerts
{
    private const string Columns = "to_char(month, 'YYYY-MM') as month, level, trim_scale(spent) as spent, budget, currency, at";

    // a budget says nothing about months that were over when it was set
    private const string InsertAlerts = """
        insert into budget_alerts (tenant_id, month, level, spent, budget, currency, at)
        select @TenantId, @Month, level, @Spent, @Amount, @Currency, @Now from unnest(@Levels) as l (level)
        where not exists (
          select from tenants where id = @TenantId and monthly_budget_at >= (@Month + interval '1 month') at time zone 'UTC')
        on conflict (tenant_id, month, level) do nothing
        returning level
        """;

    private const string DeleteObsoleteAlerts = "delete from budget_alerts where tenant_id = @TenantId and month = @Month and level <> all (@Levels)";

    private const string SelectOfMonth = $"select {Columns} from budget_alerts where tenant_id = @TenantId and month = @Month order by level";

    private const string SelectLatest = $"select {Columns} from budget_alerts where tenant_id = @TenantId order by budget_alerts.month desc, level desc limit 100";

    /// <returns>The levels that are new.</returns>
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

    public static Task DeleteObsoleteAsync(NpgsqlTransaction tx, Guid tenantId, DateOnly month, BudgetView? budget, CancellationToken ct) =>
        tx.ExecuteAsync(DeleteObsoleteAlerts, new { TenantId = tenantId, Month = month, Levels = budget?.ReachedLevels.ToArray() ?? [] }, ct);

    public static Task<List<BudgetAlert>> SelectOfMonthAsync(NpgsqlTransaction tx, Guid tenantId, DateOnly month, CancellationToken ct) =>
        tx.QueryAsync<BudgetAlert>(SelectOfMonth, new { TenantId = tenantId, Month = month }, ct);

    public static Task<List<BudgetAlert>> LatestAsync(NpgsqlTransaction tx, Guid tenantId, CancellationToken ct) =>
        tx.QueryAsync<BudgetAlert>(SelectLatest, new { TenantId = tenantId }, ct);
}
