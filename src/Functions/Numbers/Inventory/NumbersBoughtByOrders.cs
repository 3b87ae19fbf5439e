using Npgsql;
using Relais.Channels;
using Relais.Platform.Database;

namespace Relais.Numbers.Inventory;

/// <param name="Number">A number with the mark of an order whose SID is not in the inventory.</param>
/// <param name="Ended">The order has ended, so no step of it will connect or release the number.</param>
internal sealed record NumberBoughtByOrder(OwnedNumber Number, Guid OrderId, bool Ended);

/// <summary>
/// Finds numbers that carry an order's mark but are not in the inventory. While the order is open, its own steps handle the number. If the
/// order has ended, the number was bought too late: it is released and not imported like a number that was bought in the console.
/// </summary>
internal static class NumbersBoughtByOrders
{
    // An ended order whose account was deleted here can no longer release a number: its number is imported like any other.
    private const string SelectOrders = """
        select id, status in ('done', 'failed') as ended from number_orders
        where id = any(@Ids) and (account_id is not null or status not in ('done', 'failed'))
        """;

    private const string RecordOrphan = """
        update number_orders set orphan_sid = @Sid, recheck_at = @Now where id = @OrderId and status in ('done', 'failed')
        """;

    private sealed class Row
    {
        public required Guid Id { get; init; }
        public required bool Ended { get; init; }
    }

    /// <param name="listed">All numbers of the account.</param>
    /// <param name="existing">The numbers of the inventory that are not released.</param>
    public static async Task<List<NumberBoughtByOrder>> ReadAsync(
        NpgsqlTransaction tx,
        IReadOnlyList<OwnedNumber> listed,
        IReadOnlyList<NumberRow> existing,
        RouterUrls routerUrls,
        CancellationToken ct)
    {
        var sids = existing.Select(row => row.ProviderSid).ToHashSet(StringComparer.Ordinal);
        var marked = (
            from number in listed
            let orderId = routerUrls.FindOrderId(number.SmsUrl)
            where orderId is not null && !sids.Contains(number.Sid)
            select (Number: number, OrderId: orderId.Value)).ToList();
        if (marked.Count == 0)
        {
            return [];
        }

        var orders = await tx.QueryAsync<Row>(SelectOrders, new { Ids = marked.Select(pair => pair.OrderId).ToArray() }, ct);
        var hasEnded = orders.ToDictionary(row => row.Id, row => row.Ended);
        return
        [
            .. marked
                .Where(pair => hasEnded.ContainsKey(pair.OrderId))
                .Select(pair => new NumberBoughtByOrder(pair.Number, pair.OrderId, hasEnded[pair.OrderId])),
        ];
    }

    /// <summary>Stores the SID with the ended order, so that <see cref="Orders.Run.RecoverOrders"/> releases the number.</summary>
    public static Task RecordOrphanAsync(NpgsqlTransaction tx, NumberBoughtByOrder orphan, DateTimeOffset now, CancellationToken ct) =>
        tx.ExecuteAsync(RecordOrphan, new { orphan.Number.Sid, orphan.OrderId, Now = now.UtcDateTime }, ct);
}
