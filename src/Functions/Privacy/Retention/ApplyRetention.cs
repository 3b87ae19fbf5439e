using Microsoft.Azure.Functions.Worker;
using Npgsql;
using Relais.Platform.Database;

namespace Relais.Privacy.Retention;

/// <summary>
/// Several times a night: what is older than its tenant keeps it. Page by page, each page a short transaction that waits for nobody; what is left
/// when the time is up is the next run's.
/// </summary>
internal sealed partial class ApplyRetention(SystemDb db, TimeProvider time, ILogger<ApplyRetention> log)
{
    private const int TenantsAtOnce = 200;
    private const int YearsOfAudit = 3;
    private static readonly TimeSpan MaxStepTime = TimeSpan.FromSeconds(15);

    /// <summary>Rows in one transaction.</summary>
    internal int Page { get; init; } = 2_000;

    /// <summary>Less than the host gives a function by default, by more than one statement may take.</summary>
    internal TimeSpan MaxRunTime { get; init; } = TimeSpan.FromMinutes(4);

    [Function(nameof(ApplyRetention))]
    public Task Nightly([TimerTrigger("0 */10 2-4 * * *")] TimerInfo timer, CancellationToken ct) => RunAsync(ct);

    internal async Task RunAsync(CancellationToken ct)
    {
        var started = time.GetTimestamp();
        await TryAsync(Guid.Empty, () => DeleteWithoutOutcomeAsync(started, ct));
        var (run, after) = ($"{time.GetUtcNow():yyyyMMddHHmm}", "");
        List<TenantShuffle.Tenant> tenants;
        do
        {
            var place = after;
            tenants = await db.RunAsync(tx => TenantShuffle.SelectNextTenantsAsync(tx, run, place, TenantsAtOnce, ct), ct);
            foreach (var tenant in tenants.TakeWhile(_ => time.GetElapsedTime(started) < MaxRunTime))
            {
                await TryAsync(tenant.Id, () => TenantAsync(tenant, started, ct));
            }

            after = tenants.Count > 0 ? tenants[^1].Place : after;
        }
        while (tenants.Count == TenantsAtOnce && time.GetElapsedTime(started) < MaxRunTime);
    }

    private async Task TryAsync(Guid tenantId, Func<Task> remove)
    {
        try
        {
            await remove();
        }
        catch (NpgsqlException failure)
        {
            // one tenant's trouble is not the others', a statement that took too long included
            Log.Failed(log, failure, tenantId);
        }
    }

    private async Task TenantAsync(TenantShuffle.Tenant tenant, long started, CancellationToken ct)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var before = now.AddDays(-tenant.RetentionDays);
        var key = new { TenantId = tenant.Id, Before = before, AuditBefore = Guid.CreateVersion7(now.AddYears(-YearsOfAudit)), Page };
        foreach (var step in RetentionStep.All)
        {
            var total = 0;
            var (begun, gone) = (time.GetTimestamp(), Page);
            while (gone == Page && HasTime(started, begun))
            {
                gone = await db.RunAsync(tx => tx.QueryOneAsync<int>(step.Sql, key, ct), ct);
                total += gone;
            }

            if (total > 0)
            {
                Log.Removed(log, tenant.Id, total, step.Name);
            }
        }

        await EraseRecipientsAsync(tenant.Id, before, now, started, ct);
    }

    private async Task EraseRecipientsAsync(Guid tenantId, DateTime before, DateTime now, long started, CancellationToken ct)
    {
        var begun = time.GetTimestamp();
        while (HasTime(started, begun) && await db.RunAsync(tx => EraseOldRecipients.SelectNextCampaignAsync(tx, tenantId, before, ct), ct) is { } campaign)
        {
            Guid? last = Guid.Empty;
            while (last is { } after && HasTime(started, begun))
            {
                last = await db.RunAsync(tx => EraseOldRecipients.PageAsync(tx, campaign, after, Page, now, ct), ct);
            }
        }
    }

    private async Task DeleteWithoutOutcomeAsync(long started, CancellationToken ct)
    {
        DeleteMessagesWithoutOutcome.Page? page = null;
        while (HasTime(started, started))
        {
            var after = page;
            page = await db.RunAsync(tx => DeleteMessagesWithoutOutcome.DeleteAsync(tx, after, Page, time.GetUtcNow().UtcDateTime, ct), ct);
            if (page is null)
            {
                return;
            }
        }
    }

    /// <summary>For one more page: no step takes all of a tenant's time, and no tenant all of a run's.</summary>
    private bool HasTime(long started, long begun) => time.GetElapsedTime(started) < MaxRunTime && time.GetElapsedTime(begun) < MaxStepTime;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Retention of tenant {TenantId} removed {Count} {What}")]
        public static partial void Removed(ILogger log, Guid tenantId, int count, string what);

        [LoggerMessage(2, LogLevel.Error, "Retention of tenant {TenantId} stopped: the next run goes on")]
        public static partial void Failed(ILogger log, Exception failure, Guid tenantId);
    }
}
