using Npgsql;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Usage;

/// <summary>
/// Counts messages and segments from the messages table, by day (sent or received), channel, direction, and country of the receiving
/// number.
/// </summary>
internal static class CountUsage
{
    // "+" and four digits: no calling code has more digits.
    internal const string CountMessages = """
        select (m.sent_at at time zone 'UTC')::date as day,
          case when m.channel = 'sms' and m.media is not null then 'mms' else m.channel end as channel,
          'out' as direction, left(m.contact_address, 5) as code, count(*) as messages, sum(m.units)::bigint as segments
        from messages m
        where m.tenant_id = @TenantId and m.sent_at is not null and m.sent_at >= @From and m.sent_at < @To
        group by 1, 2, 4
        union all
        select (m.ended_at at time zone 'UTC')::date, case when m.channel = 'sms' and m.media is not null then 'mms' else m.channel end,
          'in', left(s.address, 5), count(*), sum(m.units)::bigint
        from messages m
        join senders s on s.id = m.sender_id
        where m.tenant_id = @TenantId and m.ended_at is not null and m.ended_at >= @From and m.ended_at < @To and m.status = 'received'
        group by 1, 2, 4
        """;

    private sealed class Row
    {
        public required DateOnly Day { get; init; }
        public required string Channel { get; init; }
        public required string Direction { get; init; }
        public required string Code { get; init; }
        public required long Messages { get; init; }
        public required long Segments { get; init; }
    }

    /// <param name="tx">A transaction of the tenant.</param>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="from">First day, UTC.</param>
    /// <param name="to">Day after the last day.</param>
    /// <param name="ct">Cancels the query.</param>
    public static async Task<List<UsageDay>> RunAsync(NpgsqlTransaction tx, Guid tenantId, DateOnly from, DateOnly to, CancellationToken ct)
    {
        if (from >= to)
        {
            return [];
        }

        var rows = await tx.QueryAsync<Row>(CountMessages, new { TenantId = tenantId, From = Midnight(from), To = Midnight(to) }, ct);
        return [.. rows
            .GroupBy(row => (row.Day, row.Channel, row.Direction, Country: CallingCodes.FindCountry(row.Code) ?? UsageDay.AnyCountry))
            .Select(group => new UsageDay(
                group.Key.Day, group.Key.Channel, group.Key.Direction, group.Key.Country,
                group.Sum(row => row.Messages), group.Sum(row => row.Segments)))];
    }

    private static DateTime Midnight(DateOnly day) => day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
}
