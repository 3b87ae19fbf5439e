using System.ComponentModel.DataAnnotations;
using Relais.Access;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.Accounts;

/// <param name="RepairWebhooks">Whether the hourly synchronisation restores changed webhooks of connected numbers.</param>
internal sealed record TelephonySettings([property: Required] bool? RepairWebhooks = null);

internal sealed class ChangeTelephonySettings(TenantDb db, TimeProvider time)
{
    private const string LockSettings = "select repair_webhooks from tenants where id = @TenantId for no key update";

    private const string UpdateSettings = "update tenants set repair_webhooks = @RepairWebhooks where id = @TenantId";

    public async Task<Result<TelephonySettings>> RunAsync(Caller caller, TelephonySettings request, CancellationToken ct)
    {
        if (new FaultList().Check("repairWebhooks", request.RepairWebhooks is not null, "is required").Failure is { } invalid)
        {
            return invalid;
        }

        return await db.RunAsync<Result<TelephonySettings>>(caller.TenantId, async tx =>
        {
            var before = new TelephonySettings(await tx.QueryOneAsync<bool>(LockSettings, new { caller.TenantId }, ct));
            if (before != request)
            {
                await tx.ExecuteAsync(UpdateSettings, new { caller.TenantId, request.RepairWebhooks }, ct);
                var change = new AuditEntry("telephony.change", "tenant", caller.TenantId.ToString(), before, request);
                await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, time.GetUtcNow(), change, ct);
            }

            return request;
        }, ct);
    }
}
