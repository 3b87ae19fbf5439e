using Npgsql;
using Relais.Channels;
using Relais.Platform.Database;

namespace Relais.Numbers.Inventory;

/// <param name="Held">Bears the mark of an order, and is not in the inventory under its SID.</param>
/// <param name="Ended">Nobody waits for it any more.</param>
internal sealed record NumberBoughtByOrder(OwnedNumber Held, Guid OrderId, bool Ended);

/// <summary>
/// Numbers that an order bought and did not connect. The order looks after its own while it is open; what turns up after its end was bought too
/// late, and is never taken in as if somebody had bought it by hand.
/// </summary>
internal static class NumbersBoughtByOrders
{
    // an ended order whose account was forgotten gives nothing back any more: its number is one like others
    private const string SelectOrders = """
        select id, status in ('done', 'failed') as ended from number_orders
        where id = any(@Ids) and (account_id is not null or status not in ('done', 'failed'))
        """;

    private const string RecordOrphan = "update number_orders set orphan_sid = @Sid, recheck_at = @Now where id = @OrderId and status in ('done', 'failed')";

    private sealed class Row
    {
        public required Guid Id { get; init; }
        public required bool Ended { get; init; }
    }

    /// <param name="known">The inventory.</param>
    public static async Task<List<NumberBoughtByOrder>> ReadAsync(
        NpgsqlTransaction tx, IReadOnlyList<OwnedNumber> listed, IReadOnlyList<NumberRow> known, RouterUrls targets, CancellationToken ct)
    {
        var sids = known.Select(row => row.ProviderSid).ToHashSet(StringComparer.Ordinal);
        var marked = (from held in listed let order = targets.FindOrderId(held.SmsUrl) where order is not null && !sids.Contains(held.Sid) select (Held: held, Id: order.Value)).ToList();
        if (marked.Count == 0)
        {
            return [];
        }

        var orders = (await tx.QueryAsync<Row>(SelectOrders, new { Ids = marked.Select(one => one.Id).ToArray() }, ct)).ToDictionary(row => row.Id, row => row.Ended);
        return [.. marked.Where(one => orders.ContainsKey(one.Id)).Select(one => new NumberBoughtByOrder(one.Held, one.Id, orders[one.Id]))];
    }

    /// <summary>Through the order that bought it: <see cref="Orders.Run.RestartOrderRuns"/> does it.</summary>
    public static Task RecordOrphanAsync(NpgsqlTransaction tx, NumberBoughtByOrder late, DateTimeOffset now, CancellationToken ct) =>
        tx.ExecuteAsync(RecordOrphan, new { late.Held.Sid, late.OrderId, Now = now.UtcDateTime }, ct);
}
