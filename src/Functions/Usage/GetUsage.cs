using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Usage;

/// <summary>Returns the usage of one month.</summary>
internal sealed class GetUsage(TenantDb db, TimeProvider time)
{
    /// <param name="tenantId">The tenant.</param>
    /// <param name="month">Such as 2026-11; null for the current month.</param>
    /// <param name="ct">Cancels the query.</param>
    public async Task<Result<UsageView>> RunAsync(Guid tenantId, string? month, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var requested = month is null ? Month.FirstDayOf(now) : Month.Parse(month);
        if (requested is not { } firstDay || firstDay > Month.FirstDayOf(now))
        {
            return Failure.InvalidQuery(new Dictionary<string, string[]>
            {
                ["month"] = ["must be a month such as 2026-11, and not in the future"],
            });
        }

        return await db.RunAsync(tenantId, tx => ReadMonth.ReadAsync(tx, tenantId, firstDay, now, ct), ct);
    }
}
