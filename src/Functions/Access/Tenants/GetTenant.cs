using Relais.Platform.Database;

namespace Relais.Access.Tenants;

internal sealed class GetTenant(TenantDb db)
{
    private const string SelectTenant = $"select {TenantView.Columns} from tenants where id = @TenantId";

    public async Task<TenantView> RunAsync(Guid tenantId, CancellationToken ct) =>
        (await db.RunAsync(tenantId, tx => tx.QueryOneAsync<TenantView>(SelectTenant, new { TenantId = tenantId }, ct), ct))!;
}
