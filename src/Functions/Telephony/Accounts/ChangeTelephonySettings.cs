using System.ComponentModel.DataAnnotations;
using Relais.Access;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Telephony.Accounts;

/// <param name="RepairWebhooks">Whether the hourly synchronisation points connected numbers here again when somebody pointed them elsewhere.</param>
internal sealed record TelephonySettings([property: Required] bool? RepairWebhooks = null);

internal sealed class ChangeTelephonySettings(TenantDb db, TimeProvider time)
{
    private const string Find = "select repair_webhooks from tenants where id = @TenantId for no key update";

    private const string Update = "update tenants set repair_webhooks = @RepairWebhooks where id = @TenantId";

    public async Task<Result<TelephonySettings>> RunAsync(Caller caller, TelephonySettings wanted, CancellationToken ct)
    {
        if (new Faults().Check("repairWebhooks", wanted.RepairWebhooks is not null, "is required").Failure is { } invalid)
        {
            return invalid;
        }

        return await db.RunAsync<Result<TelephonySettings>>(caller.TenantId, async tx =>
        {
            var before = new TelephonySettings(await tx.QueryOneAsync<bool>(Find, new { caller.TenantId }, ct));
            if (before != wanted)
            {
                await tx.ExecuteAsync(Update, new { caller.TenantId, wanted.RepairWebhooks }, ct);
                var change = new AuditEntry("telephony.change", "tenant", caller.TenantId.ToString(), before, wanted);
                await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, time.GetUtcNow(), change, ct);
            }

            return wanted;
        }, ct);
    }
}
