using Npgsql;
using Relais.Platform.Database;

namespace Relais.Usage;

/// <summary>
/// Stores the counts of a tenant's ended days, so that reading a month needs only a few rows. Each day is counted when it ends, and a
/// second and last time after two more days, when late status reports have arrived. Each day has its own transaction.
/// </summary>
internal sealed class RollUpDays(TenantDb db, TimeProvider time)
{
    private const int MaxDays = 400;
    private const int FinalAfterDays = 2;

    private const string CountStoredMessages = """
        select coalesce(sum(messages), 0)::bigint from usage_days where tenant_id = @TenantId and day = @Day
        """;

    private const string ReplaceDay = """
        delete from usage_days where tenant_id = @TenantId and day = @Day;
        insert into usage_days (tenant_id, day, channel, direction, country, messages, segments)
        select @TenantId, @Day, u.channel, u.direction, u.country, u.messages, u.segments
        from unnest(@Channels, @Directions, @Countries, @Messages, @Segments) as u (channel, direction, country, messages, segments);
        """;

    private const string UpdateBookmark = """
        update tenants
        set usage_counted_to = greatest(usage_counted_to, @Day),
          usage_final_to = case when @Final then @Day else coalesce(usage_final_to, @Day - 1) end
        where id = @TenantId
        """;

    /// <returns>The number of days that were counted.</returns>
    public async Task<int> RunAsync(Guid tenantId, CancellationToken ct)
    {
        var days = 0;
        while (days < MaxDays && await db.RunAsync(tenantId, tx => StoreNextDayAsync(tx, tenantId, ct), ct))
        {
            days++;
        }

        return days;
    }

    private async Task<bool> StoreNextDayAsync(NpgsqlTransaction tx, Guid tenantId, CancellationToken ct)
    {
        await tx.LockAsync(AdvisoryLock.Usage, tenantId, ct);
        var bookmark = await tx.QueryOneAsync<UsageBookmark>(UsageBookmark.Select, new { TenantId = tenantId }, ct);
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var first = bookmark?.FirstAt is { } at ? DateOnly.FromDateTime(at) : today;
        if (NextDay(bookmark?.CountedTo, bookmark?.FinalTo, first, today) is not { } next)
        {
            return false;
        }

        var counted = await CountUsage.RunAsync(tx, tenantId, next.Day, next.Day.AddDays(1), ct);
        // A day only gains messages until retention deletes them. A lower count than before means that messages were deleted: keep the
        // stored count.
        var stored = await tx.QueryOneAsync<long>(CountStoredMessages, new { TenantId = tenantId, next.Day }, ct);
        if (counted.Sum(group => group.Messages) >= stored)
        {
            await ReplaceAsync(tx, tenantId, next.Day, counted, ct);
        }

        await tx.ExecuteAsync(UpdateBookmark, new { TenantId = tenantId, next.Day, next.Final }, ct);
        return true;
    }

    private static Task<int> ReplaceAsync(
        NpgsqlTransaction tx, Guid tenantId, DateOnly day, List<UsageDay> counted, CancellationToken ct) =>
        tx.ExecuteAsync(ReplaceDay, new
        {
            TenantId = tenantId,
            Day = day,
            Channels = counted.ConvertAll(group => group.Channel).ToArray(),
            Directions = counted.ConvertAll(group => group.Direction).ToArray(),
            Countries = counted.ConvertAll(group => group.Country).ToArray(),
            Messages = counted.ConvertAll(group => group.Messages).ToArray(),
            Segments = counted.ConvertAll(group => group.Segments).ToArray(),
        }, ct);

    /// <summary>Chooses the day to count next. Pure.</summary>
    /// <param name="countedTo">All days up to this one have been counted; null when none was.</param>
    /// <param name="finalTo">All days up to this one have been counted for the last time; null when none was.</param>
    /// <param name="first">The day of the tenant's first message.</param>
    /// <param name="today">The current day, UTC.</param>
    /// <returns>The day, and whether this is its last count; null when no day is due.</returns>
    internal static (DateOnly Day, bool Final)? NextDay(DateOnly? countedTo, DateOnly? finalTo, DateOnly first, DateOnly today)
    {
        var (final, counted) = (finalTo ?? first.AddDays(-1), countedTo ?? first.AddDays(-1));
        return final < today.AddDays(-1 - FinalAfterDays) ? (final.AddDays(1), true)
            : counted < today.AddDays(-1) ? (counted.AddDays(1), false)
            : null;
    }
}
