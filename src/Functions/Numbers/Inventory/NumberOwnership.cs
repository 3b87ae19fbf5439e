using Relais.Platform.Database;

namespace Relais.Numbers.Inventory;

/// <summary>
/// Checks whether another tenant's inventory still has a number. The unique index would reject the number as well, but only after it was
/// paid for or its webhooks were changed.
/// </summary>
internal sealed class NumberOwnership(SystemDb db)
{
    private const string IsOwnedByAnotherTenant = """
        select exists (select from phone_numbers where number = @Number and tenant_id <> @TenantId and state <> 'released')
        """;

    public Task<bool> IsOwnedByAnotherTenantAsync(Guid tenantId, string number, CancellationToken ct) =>
        db.RunAsync(tx => tx.QueryOneAsync<bool>(IsOwnedByAnotherTenant, new { TenantId = tenantId, Number = number }, ct), ct);
}
