using Microsoft.Azure.Functions.Worker;
using Npgsql;
using Relais.Platform.Database;

namespace Relais.Privacy.Retention;

/// <summary>
/// Deletes data that is older than the retention of its tenant, several times a night. Each page is a short transaction that skips locked
/// rows. When the time of a run is used up, the next run continues.
/// </summary>
internal sealed partial class ApplyRetention(SystemDb db, TimeProvider time, ILogger<ApplyRetention> log)
{
    private const int TenantsPerPage = 200;
    private const int AuditYears = 3;

    // The planner does not know how many rows a tenant has. If it expects few, it sorts all old rows of the tenant for every page.
    internal const string ReadInIndexOrder = "set local enable_sort = off";

    private static readonly TimeSpan MaxStepTime = TimeSpan.FromSeconds(15);

    /// <summary>Maximum rows in one transaction.</summary>
    internal int Page { get; init; } = 2_000;

    /// <summary>Shorter than the host's default function timeout, by more than the longest statement may take.</summary>
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
            tenants = await db.RunAsync(tx => TenantShuffle.SelectNextTenantsAsync(tx, run, place, TenantsPerPage, ct), ct);
            foreach (var tenant in tenants.TakeWhile(_ => time.GetElapsedTime(started) < MaxRunTime))
            {
                await TryAsync(tenant.Id, () => ApplyToTenantAsync(tenant, started, ct));
            }

            after = tenants.Count > 0 ? tenants[^1].Place : after;
        }
        while (tenants.Count == TenantsPerPage && time.GetElapsedTime(started) < MaxRunTime);
    }

    private async Task TryAsync(Guid tenantId, Func<Task> remove)
    {
        try
        {
            await remove();
        }
        catch (NpgsqlException failure)
        {
            // Log and continue: an error of one tenant, such as a statement timeout, must not stop the others.
            Log.Failed(log, failure, tenantId);
        }
    }

    private static async Task<int> RemovePageAsync(NpgsqlTransaction tx, string sql, object key, CancellationToken ct)
    {
        await tx.ExecuteAsync(ReadInIndexOrder, null, ct);
        return await tx.QueryOneAsync<int>(sql, key, ct);
    }

    private async Task ApplyToTenantAsync(TenantShuffle.Tenant tenant, long started, CancellationToken ct)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var before = now.AddDays(-tenant.RetentionDays);
        var key = new { TenantId = tenant.Id, Before = before, AuditBefore = Guid.CreateVersion7(now.AddYears(-AuditYears)), Page };
        foreach (var step in RetentionStep.All)
        {
            var total = 0;
            var (stepStarted, deleted) = (time.GetTimestamp(), Page);
            while (deleted == Page && HasTime(started, stepStarted))
            {
                deleted = await db.RunAsync(tx => RemovePageAsync(tx, step.Sql, key, ct), ct);
                total += deleted;
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
        var stepStarted = time.GetTimestamp();
        while (HasTime(started, stepStarted)
            && await db.RunAsync(tx => EraseOldRecipients.SelectNextCampaignAsync(tx, tenantId, before, ct), ct) is { } campaign)
        {
            Guid? last = Guid.Empty;
            while (last is { } after && HasTime(started, stepStarted))
            {
                last = await db.RunAsync(tx => EraseOldRecipients.ErasePageAsync(tx, campaign, after, Page, now, ct), ct);
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

    /// <summary>Whether another page may start. Each step has a time limit of its own, so that one tenant cannot use up the run.</summary>
    private bool HasTime(long started, long stepStarted) =>
        time.GetElapsedTime(started) < MaxRunTime && time.GetElapsedTime(stepStarted) < MaxStepTime;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Retention of tenant {TenantId} removed {Count} {What}")]
        public static partial void Removed(ILogger log, Guid tenantId, int count, string what);

        [LoggerMessage(2, LogLevel.Error, "Retention of tenant {TenantId} failed; the next run continues")]
        public static partial void Failed(ILogger log, Exception failure, Guid tenantId);
    }
}
