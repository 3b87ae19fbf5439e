using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;
using Relais.Channels;
using Relais.Platform.Database;
using Relais.Telephony.Accounts;

namespace Relais.Telephony.Orders.Run;

/// <summary>
/// Buys the number, once. That a purchase begins is committed before the call; whoever finds it begun looks for the number before
/// asking again, because the answer may have been lost.
/// </summary>
internal sealed class BuyNumber(
    TenantDb db, AccountDirectory accounts, INumberProvider provider, WebhookTargets targets, IOptions<TelephonyOptions> options, TimeProvider time)
{
    /// <summary>A purchase leaves within this time after its commit or not at all; less than <see cref="TelephonyOptions.SettleAfter"/>.</summary>
    private static readonly TimeSpan LeaveWithin = TimeSpan.FromSeconds(10);

    private const string Begin = $"""
        update number_orders
        set status = 'buying', attempts = attempts + 1, buying_since = coalesce(buying_since, @Now), called_at = @Now
        where id = @OrderId and status in ('reserved', 'buying')
        returning {OrderRow.Columns}
        """;

    private const string Bought = $"""
        update number_orders
        set status = 'bought', provider_sid = @Sid, friendly_name = @FriendlyName, failures = 0, retry_at = null
        where id = @Id and status = 'buying'
        returning {OrderRow.Columns}
        """;

    // the order was given up while this purchase was on its way
    private const string GiveBack = $"""
        update number_orders
        set status = 'undoing', provider_sid = @Sid, friendly_name = @FriendlyName, ended_at = null, retry_at = null
        where id = @Id and status in ('undoing', 'failed') and provider_sid is null
        returning {OrderRow.Columns}
        """;

    [Function(nameof(BuyNumber))]
    public async Task<OrderProgress> RunAsync([ActivityTrigger] OrderIds ids, CancellationToken ct)
    {
        var begun = time.GetTimestamp();
        var (order, account) = await db.RunAsync(ids.TenantId, async tx =>
            (await tx.QueryOneAsync<OrderRow>(Begin, new { ids.OrderId, Now = time.GetUtcNow().UtcDateTime }, ct), await accounts.FindAsync(tx, ids.TenantId, ct)), ct);
        if (order is null)
        {
            return await db.RunAsync(ids.TenantId, tx => OrderSteps.ProgressAsync(tx, ids, ct), ct);
        }

        var found = account is null ? new Found(null, OrderSteps.NoAccount) : await LookAndBuyAsync(account.Provider, order, begun);
        return await db.RunAsync(ids.TenantId, async tx =>
        {
            var now = time.GetUtcNow();
            if (found.Held is { } held)
            {
                var row = await tx.QueryOneAsync<OrderRow>(Bought, new { order.Id, held.Sid, held.FriendlyName }, ct);
                row ??= await tx.QueryOneAsync<OrderRow>(GiveBack, new { order.Id, held.Sid, held.FriendlyName }, ct);
                return row is null ? await OrderSteps.ProgressAsync(tx, ids, ct) : OrderProgress.Of(row);
            }

            var setback = found.Failure is { } failure
                ? OrderDecision.After(order, failure, now, options.Value)
                : new OrderSetback(OrderStatus.Failed, TelephonyFailures.NumberAlreadyOwned, null, null);
            return await OrderSteps.SetBackAsync(tx, order, setback, now, ct);
        }, ct);
    }

    /// <summary>Neither of both: the account has the number, but not from this order.</summary>
    private sealed record Found(HeldNumber? Held, ProviderFailure? Failure);

    private async Task<Found> LookAndBuyAsync(ProviderAccount account, OrderRow order, long begun) =>
        (order.Attempts > 1 ? await LookAsync(account, order) : null)
        ?? await BuyAsync(account, order, () => time.GetElapsedTime(begun) < LeaveWithin);

    /// <returns>Null: the account does not have it.</returns>
    private async Task<Found?> LookAsync(ProviderAccount account, OrderRow order)
    {
        var listed = await provider.ListAsync(account, order.Number);
        return listed.Failure is { } failure ? new Found(null, failure)
            : listed.Value is [var held, ..] ? new Found(OrderSteps.IsOf(order, held, targets) ? held : null, null)
            : null;
    }

    private async Task<Found> BuyAsync(ProviderAccount account, OrderRow order, Func<bool> mayLeave)
    {
        var bought = await provider.BuyAsync(account, new NumberPurchase(order.Number, order.AddressSid, order.BundleSid, targets.Expected), mayLeave);
        if (bought.Failure is not { } failure)
        {
            return new Found(bought.Value, null);
        }

        // refused, but perhaps because an earlier purchase has arrived meanwhile
        return (order.Attempts > 1 && !failure.IsTransient ? await LookAsync(account, order) : null) ?? new Found(null, failure);
    }
}
