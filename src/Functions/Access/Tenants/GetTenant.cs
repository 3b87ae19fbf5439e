using Relais.Platform.Database;

namespace Relais.Access.Tenants;

internal sealed class GetTenant(TenantDb db)
{
    private const string Find = $"select {TenantView.Columns} from tenants where id = @TenantId";

    public async Task<TenantView> RunAsync(Guid tenantId, CancellationToken ct) =>
        (await db.RunAsync(tenantId, tx => tx.QueryOneAsync<TenantView>(Find, new { TenantId = tenantId }, ct), ct))!;
}
