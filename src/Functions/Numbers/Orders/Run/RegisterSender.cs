using Microsoft.Azure.Functions.Worker;
using Relais.Access;
using Relais.Channels;
using Relais.Numbers.Inventory;
using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.Numbers.Orders.Run;

/// <summary>Makes the number a sender and ends the order as done, in one transaction.</summary>
internal sealed class RegisterSender(TenantDb db, NumbersOptions options, TimeProvider time)
{
    private static readonly Actor Job = Actor.System("purchase-number");

    private const string SetDone = $"""
        update number_orders set status = 'done', sender_id = @SenderId, ended_at = @Now
        where id = @Id
        returning {OrderRow.Columns}
        """;

    [Function(nameof(RegisterSender))]
    public Task<OrderProgress> RunAsync([ActivityTrigger] OrderIds ids, CancellationToken ct) => db.RunAsync(ids.TenantId, async tx =>
    {
        var order = await OrderRow.LockAsync(tx, ids.OrderId, OrderStatus.Connected, ct);
        if (order is null)
        {
            return await OrderRow.ReadProgressAsync(tx, ids.OrderId, ct);
        }

        var now = time.GetUtcNow();
        if (await StoredNumbers.RegisterSenderAsync(tx, order.NumberId!.Value, now, ct) is not { } senderId)
        {
            // The number is no longer active: it was released in the provider's console, and the synchronisation has ended it.
            var transition = OrderDecision.FailOrUndo(order, ProviderReasons.NumberNotAvailable, null, now, options);
            return await order.RecordFailureAsync(tx, transition, now, ct);
        }

        var row = await tx.QueryOneAsync<OrderRow>(SetDone, new { SenderId = senderId, order.Id, Now = now.UtcDateTime }, ct);
        var orderedBy = Json.Read<Actor>(order.OrderedBy).Id;
        var after = new { Sid = order.ProviderSid, OrderId = order.Id, OrderedBy = orderedBy, SenderId = senderId };
        var entry = new AuditEntry("number.purchase", "number", order.NumberId.Value.ToString(), After: after);
        await AuditTrail.WriteAsync(tx, ids.TenantId, Job, now, entry, ct);
        return OrderProgress.From(row!);
    }, ct);
}
