using Microsoft.Azure.Functions.Worker;
using Relais.Access;
using Relais.Accounts;
using Relais.Platform.Database;
using Relais.Platform.Http;
using Relais.Numbers.Inventory;

namespace Relais.Numbers.Orders.Run;

/// <summary>Makes the number a sender, and ends the order.</summary>
internal sealed class RegisterNumber(TenantDb db, NumbersOptions options, TimeProvider time)
{
    private static readonly Actor Job = Actor.System("purchase-number");

    private const string SetDone = $"""
        update number_orders set status = 'done', sender_id = @SenderId, ended_at = @Now
        where id = @Id
        returning {OrderRow.Columns}
        """;

    [Function(nameof(RegisterNumber))]
    public Task<OrderProgress> RunAsync([ActivityTrigger] OrderIds ids, CancellationToken ct) => db.RunAsync(ids.TenantId, async tx =>
    {
        var order = await OrderState.LockAsync(tx, ids, OrderStatus.Connected, ct);
        if (order is null)
        {
            return await OrderState.ProgressAsync(tx, ids, ct);
        }

        var now = time.GetUtcNow();
        if (await StoredNumbers.RegisterSenderAsync(tx, order.NumberId!.Value, now, ct) is not { } senderId)
        {
            // it went away under our hands: released in the console
            var setback = OrderDecision.FailOrUndo(order, TelephonyFailures.NumberNotAvailable, null, now, options);
            return await OrderState.RecordFailureAsync(tx, order, setback, now, ct);
        }

        var row = await tx.QueryOneAsync<OrderRow>(SetDone, new { SenderId = senderId, order.Id, Now = now.UtcDateTime }, ct);
        var after = new { Sid = order.ProviderSid, OrderId = order.Id, OrderedBy = Json.Read<Actor>(order.OrderedBy).Id, SenderId = senderId };
        await AuditTrail.WriteAsync(tx, ids.TenantId, Job, now, new AuditEntry("number.purchase", "number", order.NumberId.Value.ToString(), After: after), ct);
        return OrderProgress.From(row!);
    }, ct);
}
