using Relais.Platform.Database;

namespace Relais.Usage.Budget;

/// <summary>Returns the latest 100 budget alerts, newest month first.</summary>
internal sealed class ListBudgetAlerts(TenantDb db)
{
    internal sealed record Output(IReadOnlyList<BudgetAlert> Alerts);

    public Task<Output> RunAsync(Guid tenantId, CancellationToken ct) =>
        db.RunAsync(tenantId, async tx => new Output(await BudgetAlerts.SelectLatestAsync(tx, tenantId, ct)), ct);
}
