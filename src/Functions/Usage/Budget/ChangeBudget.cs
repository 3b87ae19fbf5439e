using Relais.Access;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.Usage.Budget;

/// <summary>Sets or removes the budget, and updates the budget alerts of the current month.</summary>
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
        var faults = new FaultList()
            .Check(
                "monthlyBudget", request.MonthlyBudget is null or (> 0 and <= MaxBudget),
                $"must be more than 0 and at most {MaxBudget}, or null")
            .Check(
                "monthlyBudget", request.MonthlyBudget is not { } amount || decimal.Round(amount, 2) == amount,
                "must have at most two decimals");
        if (faults.Failure is { } invalid)
        {
            return invalid;
        }

        return await db.RunAsync<Result<BudgetRequest>>(caller.TenantId, async tx =>
        {
            // A refresh that read the previous budget must finish first; otherwise it could raise an alert for that budget afterwards.
            await tx.LockAsync(AdvisoryLock.Usage, caller.TenantId, ct);
            var now = time.GetUtcNow();
            var previous = new BudgetRequest(await tx.QueryOneAsync<decimal?>(
                UpdateBudget, new { caller.TenantId, request.MonthlyBudget, Now = now.UtcDateTime }, ct));
            var month = Month.FirstDayOf(now);
            var budget = (await ReadMonth.ReadAsync(tx, caller.TenantId, month, now, ct)).Budget;
            await BudgetAlerts.DeleteObsoleteAsync(tx, caller.TenantId, month, budget, ct);
            await BudgetAlerts.RaiseAsync(tx, caller.TenantId, month, budget, now, ct);
            var change = new AuditEntry("budget.change", "tenant", caller.TenantId.ToString(), previous, request);
            await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, change, ct);
            return request;
        }, ct);
    }
}
