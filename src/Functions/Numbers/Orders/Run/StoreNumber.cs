using Microsoft.Azure.Functions.Worker;
using Npgsql;
using Relais.Accounts;
using Relais.Channels;
using Relais.Platform.Database;
using Relais.Numbers.Inventory;

namespace Relais.Numbers.Orders.Run;

/// <summary>Puts a bought number into the inventory.</summary>
internal sealed class StoreNumber(TenantDb db, RouterUrls targets, NumbersOptions options, TimeProvider time)
{
    private const string SetNumberId = $"""
        update number_orders set number_id = @NumberId
        where id = @Id
        returning {OrderRow.Columns}
        """;

    [Function(nameof(StoreNumber))]
    public Task<OrderProgress> RunAsync([ActivityTrigger] OrderIds ids, CancellationToken ct) => db.RunAsync(ids.TenantId, async tx =>
    {
        var order = await OrderState.LockAsync(tx, ids, OrderStatus.Bought, ct);
        if (order is not { NumberId: null })
        {
            return await OrderState.ProgressAsync(tx, ids, ct);
        }

        var now = time.GetUtcNow();
        if (await StoreAsync(tx, order, now, ct) is { } numberId)
        {
            return OrderProgress.From((await tx.QueryOneAsync<OrderRow>(SetNumberId, new { NumberId = numberId, order.Id }, ct))!);
        }

        // one number serves one tenant: another one has it in its inventory
        var setback = OrderDecision.FailOrUndo(order, TelephonyFailures.NumberNotAvailable, null, now, options);
        return await OrderState.RecordFailureAsync(tx, order, setback, now, ct);
    }, ct);

    private Task<Guid?> StoreAsync(NpgsqlTransaction tx, OrderRow order, DateTimeOffset now, CancellationToken ct) => StoredNumbers.AddAsync(
        tx,
        new NewNumber(order.TenantId, order.AccountId!.Value, order.Number, order.ProviderSid!, order.FriendlyName ?? "", order.Country, order.NumberType, "purchase", Managed: true)
        {
            SmsUrl = targets.Expected.SmsUrl.ToString(),
            SmsFallbackUrl = targets.Expected.SmsFallbackUrl.ToString(),
        },
        now,
        ct);
}
