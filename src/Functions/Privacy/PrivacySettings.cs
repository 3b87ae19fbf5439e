using System.Text.Json.Serialization;
using Relais.Access;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Privacy;

/// <param name="RetentionDays">Days for which messages, webhook events and import reports are kept, 8 to 3650.</param>
internal sealed record PrivacySettings([property: JsonRequired] int RetentionDays)
{
    public const int MinDays = 8;
    public const int MaxDays = 3_650;
}

internal sealed class GetPrivacySettings(TenantDb db)
{
    private const string SelectRetentionDays = "select retention_days from tenants where id = @TenantId";

    public Task<PrivacySettings> RunAsync(Guid tenantId, CancellationToken ct) =>
        db.RunAsync(
            tenantId,
            async tx => new PrivacySettings(await tx.QueryOneAsync<int>(SelectRetentionDays, new { TenantId = tenantId }, ct)),
            ct);
}

internal sealed class ChangePrivacySettings(TenantDb db, TimeProvider time)
{
    private const string UpdateRetentionDays = """
        with before as (select id, retention_days from tenants where id = @TenantId for no key update)
        update tenants t
        set retention_days = @RetentionDays
        from before b
        where t.id = b.id
        returning b.retention_days
        """;

    public async Task<Result<PrivacySettings>> RunAsync(Caller caller, PrivacySettings settings, CancellationToken ct)
    {
        if (settings.RetentionDays is < PrivacySettings.MinDays or > PrivacySettings.MaxDays)
        {
            return Failure.InvalidBody("retentionDays", $"must be from {PrivacySettings.MinDays} to {PrivacySettings.MaxDays}");
        }

        return await db.RunAsync<Result<PrivacySettings>>(caller.TenantId, async tx =>
        {
            var before = await tx.QueryOneAsync<int>(UpdateRetentionDays, new { caller.TenantId, settings.RetentionDays }, ct);
            var change = new AuditEntry("privacy.change", "tenant", caller.TenantId.ToString(), new PrivacySettings(before), settings);
            await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, time.GetUtcNow(), change, ct);
            return settings;
        }, ct);
    }
}
