using Microsoft.Azure.Functions.Worker;
using Npgsql;
using Relais.Platform.Database;

namespace Relais.Privacy.Retention;

/// <summary>
/// Each night: what is older than its tenant keeps it. Page by page, each page a short transaction that waits for nobody; what is left when the
/// time is up is the next night's.
/// </summary>
internal sealed partial class ApplyRetention(SystemDb db, TimeProvider time, ILogger<ApplyRetention> log)
{
    private const int TenantsAtOnce = 200;
    private const int YearsOfAudit = 3;
    private static readonly TimeSpan Most = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan MostPerTenant = TimeSpan.FromMinutes(5);

    private const string Tenants = "select id, retention_days from tenants where id > @After order by id limit @TenantsAtOnce";

    /// <summary>Rows in one transaction.</summary>
    internal int Page { get; init; } = 2_000;

    private sealed record TenantRow
    {
        public required Guid Id { get; init; }
        public required int RetentionDays { get; init; }
    }

    [Function(nameof(ApplyRetention))]
    public Task Nightly([TimerTrigger("0 40 2 * * *")] TimerInfo timer, CancellationToken ct) => RunAsync(ct);

    internal async Task RunAsync(CancellationToken ct)
    {
        var started = time.GetTimestamp();
        await DropNeverAnsweredAsync(started, ct);
        var after = Guid.Empty;
        List<TenantRow> tenants;
        do
        {
            tenants = await db.RunAsync(tx => tx.QueryAsync<TenantRow>(Tenants, new { After = after, TenantsAtOnce }, ct), ct);
            foreach (var tenant in tenants.TakeWhile(_ => time.GetElapsedTime(started) < Most))
            {
                await TryTenantAsync(tenant, ct);
            }

            after = tenants.Count > 0 ? tenants[^1].Id : after;
        }
        while (tenants.Count == TenantsAtOnce && time.GetElapsedTime(started) < Most);
    }

    private async Task TryTenantAsync(TenantRow tenant, CancellationToken ct)
    {
        try
        {
            await TenantAsync(tenant, ct);
        }
        catch (PostgresException failure)
        {
            // one tenant's trouble is not the others'
            Log.Failed(log, failure, tenant.Id);
        }
    }

    private async Task TenantAsync(TenantRow tenant, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        var now = time.GetUtcNow().UtcDateTime;
        var before = now.AddDays(-tenant.RetentionDays);
        var key = new { TenantId = tenant.Id, Before = before, AuditBefore = Guid.CreateVersion7(now.AddYears(-YearsOfAudit)), Page };
        foreach (var step in RetentionStep.All)
        {
            int total = 0, gone;
            do
            {
                gone = await db.RunAsync(tx => tx.QueryOneAsync<int>(step.Sql, key, ct), ct);
                total += gone;
            }
            while (gone == Page && time.GetElapsedTime(started) < MostPerTenant);
            if (total > 0)
            {
                Log.Removed(log, tenant.Id, total, step.Name);
            }
        }

        while (time.GetElapsedTime(started) < MostPerTenant && await db.RunAsync(tx => OldRecipients.NextAsync(tx, tenant.Id, before, ct), ct) is { } campaign)
        {
            Guid? last = Guid.Empty;
            while (last is { } after)
            {
                last = await db.RunAsync(tx => OldRecipients.PageAsync(tx, campaign, after, Page, now, ct), ct);
            }
        }
    }

    private async Task DropNeverAnsweredAsync(long started, CancellationToken ct)
    {
        NeverAnswered.Page? page = null;
        do
        {
            var after = page;
            page = await db.RunAsync(tx => NeverAnswered.DeleteAsync(tx, after, Page, time.GetUtcNow().UtcDateTime, ct), ct);
        }
        while (page is not null && time.GetElapsedTime(started) < MostPerTenant);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Retention of tenant {TenantId} removed {Count} {What}")]
        public static partial void Removed(ILogger log, Guid tenantId, int count, string what);

        [LoggerMessage(2, LogLevel.Error, "Retention of tenant {TenantId} stopped: the next night goes on")]
        public static partial void Failed(ILogger log, Exception failure, Guid tenantId);
    }
}
