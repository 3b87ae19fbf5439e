using Relais.Platform.Database;

namespace Relais.Usage.Budget;

/// <summary>Returns the monthly budget of a tenant.</summary>
internal sealed class GetBudget(TenantDb db)
{
    private const string SelectBudget = "select monthly_budget from tenants where id = @TenantId";

    public Task<BudgetRequest> RunAsync(Guid tenantId, CancellationToken ct) => db.RunAsync(
        tenantId,
        async tx => new BudgetRequest(await tx.QueryOneAsync<decimal?>(SelectBudget, new { TenantId = tenantId }, ct)),
        ct);
}
