using System.Text.Json.Serialization;
using Relais.Access;
using Relais.Accounts;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Usage.Budget;

/// <param name="MonthlyBudget">In the currency of the account, two decimals at the most; null: none.</param>
internal sealed record BudgetRequest([property: JsonRequired] decimal? MonthlyBudget);

internal sealed class GetBudget(TenantDb db)
{
    private const string SelectBudget = "select monthly_budget from tenants where id = @TenantId";

    public Task<BudgetRequest> RunAsync(Guid tenantId, CancellationToken ct) =>
        db.RunAsync(tenantId, async tx => new BudgetRequest(await tx.QueryOneAsync<decimal?>(SelectBudget, new { TenantId = tenantId }, ct)), ct);
}

/// <summary>Sets or removes the budget, and looks at once what that means for this month.</summary>
internal sealed class ChangeBudget(TenantDb db, TimeProvider time)
{
    private const decimal MaxBudget = 1_000_000;

    private const string UpdateBudget = """
        with before as (select id, monthly_budget from tenants where id = @TenantId for no key update)
        update tenants t
        set monthly_budget = @MonthlyBudget, monthly_budget_at = @Now
        from before b
        where t.id = b.id
        returning b.monthly_budget
        """;

    public async Task<Result<BudgetRequest>> RunAsync(Caller caller, BudgetRequest request, CancellationToken ct)
    {
        var faults = new Faults()
            .Check("monthlyBudget", request.MonthlyBudget is null or (> 0 and <= MaxBudget), $"must be more than 0 and at most {MaxBudget}, or null")
            .Check("monthlyBudget", request.MonthlyBudget is not { } amount || decimal.Round(amount, 2) == amount, "may have two decimals at the most");
        if (faults.Failure is { } invalid)
        {
            return invalid;
        }

        return await db.RunAsync<Result<BudgetRequest>>(caller.TenantId, async tx =>
        {
            // a look that began before must not tell of the budget before
            await UsageLock.LockAsync(tx, caller.TenantId, ct);
            var now = time.GetUtcNow();
            var before = new BudgetRequest(await tx.QueryOneAsync<decimal?>(UpdateBudget, new { caller.TenantId, request.MonthlyBudget, Now = now.UtcDateTime }, ct));
            var month = Month.FirstDayOf(now);
            var budget = (await ReadMonth.ReadAsync(tx, caller.TenantId, month, now, ct)).Budget;
            await BudgetAlerts.DeleteObsoleteAsync(tx, caller.TenantId, month, budget, ct);
            await BudgetAlerts.RaiseAsync(tx, caller.TenantId, month, budget, now, ct);
            await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, new AuditEntry("budget.change", "tenant", caller.TenantId.ToString(), before, request), ct);
            return request;
        }, ct);
    }
}
