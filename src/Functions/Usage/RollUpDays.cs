using Npgsql;
using Relais.Platform.Database;

namespace Relais.Usage;

/// <summary>
/// Counts the days of a tenant that are over: when they end, so that a month is a few rows; and once more, for good, when the reports that came
/// late are in. Each day is a transaction of its own.
/// </summary>
internal sealed class RollUpDays(TenantDb db, TimeProvider time)
{
    private const int MaxDays = 400;
    private const int FinalAfterDays = 2;

    // the first entries of two indexes
    private const string SelectBookmark = """
        select t.usage_counted_to as counted_to, t.usage_final_to as final_to,
          least(
            (select min(sent_at) from messages where tenant_id = @TenantId and sent_at is not null),
            (select min(ended_at) from messages where tenant_id = @TenantId and ended_at is not null)) as first_at
        from tenants t
        where t.id = @TenantId
        """;

    private const string CountStoredMessages = "select coalesce(sum(messages), 0)::bigint from usage_days where tenant_id = @TenantId and day = @Day";

    private const string StoreDay = """
        delete from usage_days where tenant_id = @TenantId and day = @Day;
        insert into usage_days (tenant_id, day, channel, direction, country, messages, segments)
        select @TenantId, @Day, u.channel, u.direction, u.country, u.messages, u.segments
        from unnest(@Channels, @Directions, @Countries, @Messages, @Segments) as u (channel, direction, country, messages, segments);
        """;

    private const string UpdateBookmark = """
        update tenants
        set usage_counted_to = greatest(usage_counted_to, @Day), usage_final_to = case when @Final then @Day else coalesce(usage_final_to, @Day - 1) end
        where id = @TenantId
        """;

    private sealed class Bookmark
    {
        public DateOnly? CountedTo { get; init; }
        public DateOnly? FinalTo { get; init; }
        public DateTime? FirstAt { get; init; }
    }

    /// <returns>How many days were counted.</returns>
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
        await UsageLock.LockAsync(tx, tenantId, ct);
        var stand = await tx.QueryOneAsync<Bookmark>(SelectBookmark, new { TenantId = tenantId }, ct);
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var first = stand?.FirstAt is { } at ? DateOnly.FromDateTime(at) : today;
        if (NextDay(stand?.CountedTo, stand?.FinalTo, first, today) is not { } next)
        {
            return false;
        }

        var counted = await CountUsage.RunAsync(tx, tenantId, next.Day, next.Day.AddDays(1), ct);
        // messages only become more until retention removes them: what is less than before is what it left
        if (counted.Sum(one => one.Messages) >= await tx.QueryOneAsync<long>(CountStoredMessages, new { TenantId = tenantId, next.Day }, ct))
        {
            await ReplaceAsync(tx, tenantId, next.Day, counted, ct);
        }

        await tx.ExecuteAsync(UpdateBookmark, new { TenantId = tenantId, next.Day, next.Final }, ct);
        return true;
    }

    private static Task<int> ReplaceAsync(NpgsqlTransaction tx, Guid tenantId, DateOnly day, List<UsageDay> counted, CancellationToken ct) =>
        tx.ExecuteAsync(StoreDay, new
        {
            TenantId = tenantId,
            Day = day,
            Channels = counted.ConvertAll(one => one.Channel).ToArray(),
            Directions = counted.ConvertAll(one => one.Direction).ToArray(),
            Countries = counted.ConvertAll(one => one.Country).ToArray(),
            Messages = counted.ConvertAll(one => one.Messages).ToArray(),
            Segments = counted.ConvertAll(one => one.Segments).ToArray(),
        }, ct);

    /// <summary>The day to count next. Pure.</summary>
    /// <param name="countedTo">Every day up to this one has been counted.</param>
    /// <param name="finalTo">Up to this one, for good.</param>
    /// <param name="first">The day of the first message.</param>
    internal static (DateOnly Day, bool Final)? NextDay(DateOnly? countedTo, DateOnly? finalTo, DateOnly first, DateOnly today)
    {
        var (final, counted) = (finalTo ?? first.AddDays(-1), countedTo ?? first.AddDays(-1));
        return final < today.AddDays(-1 - FinalAfterDays) ? (final.AddDays(1), true)
            : counted < today.AddDays(-1) ? (counted.AddDays(1), false)
            : null;
    }
}
