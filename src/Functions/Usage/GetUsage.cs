using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Usage;

internal sealed class GetUsage(TenantDb db, TimeProvider time)
{
    /// <param name="month">2026-11; null: the present one.</param>
    public async Task<Result<UsageView>> RunAsync(Guid tenantId, string? month, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var wanted = month is null ? Month.FirstDayOf(now) : Month.Parse(month);
        if (wanted is not { } first || first > Month.FirstDayOf(now))
        {
            return new Failure(FailureKind.Invalid, "invalid_query", "The query has faults.", new Dictionary<string, string[]>
            {
                ["month"] = ["must be a month such as 2026-11, and not in the future"],
            });
        }

        return await db.RunAsync(tenantId, tx => ReadMonth.ReadAsync(tx, tenantId, first, now, ct), ct);
    }
}
