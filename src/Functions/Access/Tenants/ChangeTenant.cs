using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Access.Tenants;

/// <summary>Replaces the settings of the caller's tenant. Writes an audit entry only if a setting changed.</summary>
internal sealed class ChangeTenant(TenantDb db, TimeProvider time)
{
    private const string SelectTenantForUpdate = $"select {TenantView.Columns} from tenants where id = @TenantId for no key update";

    private const string UpdateTenant = $"""
        update tenants
        set name = @Name, country = @Country, locale = @Locale, time_zone = @TimeZone
        where id = @TenantId
        returning {TenantView.Columns}
        """;

    public Task<Result<TenantView>> RunAsync(Caller caller, TenantSettings settings, CancellationToken ct) =>
        db.RunAsync<Result<TenantView>>(caller.TenantId, async tx =>
        {
            var isKnownTimeZone = settings.TimeZone is not { } timeZone || await DatabaseTimeZones.ContainsAsync(tx, timeZone, ct);
            var faults = TenantValidation.Validate(settings, isKnownTimeZone);
            if (faults.Count > 0)
            {
                return Failure.InvalidBody(faults);
            }

            var now = time.GetUtcNow();
            var before = (await tx.QueryOneAsync<TenantView>(SelectTenantForUpdate, new { caller.TenantId }, ct))!;
            var parameters = new
            {
                caller.TenantId,
                Name = settings.Name!.Trim(),
                settings.Country,
                settings.Locale,
                settings.TimeZone,
            };
            var after = (await tx.QueryOneAsync<TenantView>(UpdateTenant, parameters, ct))!;
            if (after != before)
            {
                var change = new AuditEntry(
                    "tenant.change", "tenant", caller.TenantId.ToString(), before.ToAuditSettings(), after.ToAuditSettings());
                await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, change, ct);
            }

            return after;
        }, ct);
}
