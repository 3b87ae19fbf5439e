using Relais.Platform.Database;

namespace Relais.Usage.Budget;

/// <summary>The latest hundred, newest month first.</summary>
internal sealed class ListBudgetAlerts(TenantDb db)
{
    internal sealed record Output(IReadOnlyList<BudgetAlert> Alerts);

    public Task<Output> RunAsync(Guid tenantId, CancellationToken ct) =>
        db.RunAsync(tenantId, async tx => new Output(await BudgetAlerts.LatestAsync(tx, tenantId, ct)), ct);
}
