using Relais.Platform.Database;

namespace Relais.Telephony.Inventory;

/// <summary>
/// Whether another tenant's inventory still has a number. The unique index would tell as well, but only after the number was paid for or its
/// messages were turned away.
/// </summary>
internal sealed class OtherInventories(SystemDb db)
{
    private const string Any = "select exists (select from phone_numbers where number = @Number and tenant_id <> @TenantId and state <> 'released')";

    public Task<bool> HaveAsync(Guid tenantId, string number, CancellationToken ct) =>
        db.RunAsync(tx => tx.QueryOneAsync<bool>(Any, new { TenantId = tenantId, Number = number }, ct), ct);
}
