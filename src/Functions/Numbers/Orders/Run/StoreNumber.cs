using Microsoft.Azure.Functions.Worker;
using Npgsql;
using Relais.Accounts;
using Relais.Channels;
using Relais.Numbers.Inventory;
using Relais.Platform.Database;

namespace Relais.Numbers.Orders.Run;

/// <summary>Adds the bought number to the inventory.</summary>
internal sealed class StoreNumber(TenantDb db, RouterUrls routerUrls, NumbersOptions options, TimeProvider time)
{
    private const string SetNumberId = $"""
        update number_orders set number_id = @NumberId
        where id = @Id
        returning {OrderRow.Columns}
        """;

    [Function(nameof(StoreNumber))]
    public Task<OrderProgress> RunAsync([ActivityTrigger] OrderIds ids, CancellationToken ct) => db.RunAsync(ids.TenantId, async tx =>
    {
        var order = await OrderRows.LockAsync(tx, ids, OrderStatus.Bought, ct);
        if (order is not { NumberId: null })
        {
            return await OrderRows.ProgressAsync(tx, ids, ct);
        }

        var now = time.GetUtcNow();
        if (await StoreAsync(tx, order, now, ct) is { } numberId)
        {
            var row = await tx.QueryOneAsync<OrderRow>(SetNumberId, new { NumberId = numberId, order.Id }, ct);
            return OrderProgress.From(row!);
        }

        // A number serves one tenant only, and another tenant has this number in its inventory.
        var transition = OrderDecision.FailOrUndo(order, TelephonyFailures.NumberNotAvailable, null, now, options);
        return await OrderRows.RecordFailureAsync(tx, order, transition, now, ct);
    }, ct);

    /// <returns>The id of the number; null: another tenant has it in its inventory.</returns>
    private Task<Guid?> StoreAsync(NpgsqlTransaction tx, OrderRow order, DateTimeOffset now, CancellationToken ct)
    {
        var number = new NewNumber(
            order.TenantId, order.AccountId!.Value, order.Number, order.ProviderSid!, order.FriendlyName ?? "", order.Country,
            order.NumberType, "purchase", Managed: true)
        {
            SmsUrl = routerUrls.Expected.SmsUrl.ToString(),
            SmsFallbackUrl = routerUrls.Expected.SmsFallbackUrl.ToString(),
        };
        return StoredNumbers.UpsertAsync(tx, number, now, ct);
    }
}
