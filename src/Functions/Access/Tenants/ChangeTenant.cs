using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Access.Tenants;

internal sealed class ChangeTenant(TenantDb db, TimeProvider time)
{
    private const string LockTenant = $"select {TenantView.Columns} from tenants where id = @TenantId for no key update";

    private const string UpdateTenant = $"""
        update tenants
        set name = @Name, country = @Country, locale = @Locale, time_zone = @TimeZone
        where id = @TenantId
        returning {TenantView.Columns}
        """;

    public Task<Result<TenantView>> RunAsync(Caller caller, TenantSettings settings, CancellationToken ct) =>
        db.RunAsync<Result<TenantView>>(caller.TenantId, async tx =>
        {
            var faults = TenantValidation.Of(settings, settings.TimeZone is not { } zone || await DatabaseTimeZones.ContainsAsync(tx, zone, ct));
            if (faults.Count > 0)
            {
                return AccessFailures.Invalid(faults);
            }

            var now = time.GetUtcNow();
            var before = (await tx.QueryOneAsync<TenantView>(LockTenant, new { caller.TenantId }, ct))!;
            var after = (await tx.QueryOneAsync<TenantView>(UpdateTenant, new { caller.TenantId, Name = settings.Name!.Trim(), settings.Country, settings.Locale, settings.TimeZone }, ct))!;
            if (after != before)
            {
                await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, new AuditEntry("tenant.change", "tenant", caller.TenantId.ToString(), before.Settings(), after.Settings()), ct);
            }

            return after;
        }, ct);
}
