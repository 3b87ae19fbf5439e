using System.Text.Json.Serialization;
using Relais.Access;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Privacy;

/// <param name="RetentionDays">How long messages, events and reports are kept, 8 to 3650.</param>
internal sealed record PrivacySettings([property: JsonRequired] int RetentionDays)
{
    public const int LeastDays = 8;
    public const int MostDays = 3_650;
}

internal sealed class GetPrivacySettings(TenantDb db)
{
    private const string Find = "select retention_days from tenants where id = @TenantId";

    public Task<PrivacySettings> RunAsync(Guid tenantId, CancellationToken ct) =>
        db.RunAsync(tenantId, async tx => new PrivacySettings(await tx.QueryOneAsync<int>(Find, new { TenantId = tenantId }, ct)), ct);
}

internal sealed class ChangePrivacySettings(TenantDb db, TimeProvider time)
{
    private const string Change = """
        with before as (select id, retention_days from tenants where id = @TenantId for no key update)
        update tenants t
        set retention_days = @RetentionDays
        from before b
        where t.id = b.id
        returning b.retention_days
        """;

    public async Task<Result<PrivacySettings>> RunAsync(Caller caller, PrivacySettings wanted, CancellationToken ct)
    {
        if (wanted.RetentionDays is < PrivacySettings.LeastDays or > PrivacySettings.MostDays)
        {
            return PrivacyFailures.Invalid(new Dictionary<string, string[]>
            {
                ["retentionDays"] = [$"must be from {PrivacySettings.LeastDays} to {PrivacySettings.MostDays}"],
            });
        }

        return await db.RunAsync<Result<PrivacySettings>>(caller.TenantId, async tx =>
        {
            var before = await tx.QueryOneAsync<int>(Change, new { caller.TenantId, wanted.RetentionDays }, ct);
            var change = new Change("privacy.change", "tenant", caller.TenantId.ToString(), new PrivacySettings(before), wanted);
            await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, time.GetUtcNow(), change, ct);
            return wanted;
        }, ct);
    }
}
