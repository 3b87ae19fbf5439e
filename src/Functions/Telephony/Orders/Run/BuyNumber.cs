using Microsoft.Azure.Functions.Worker;
using Npgsql;
using Relais.Channels;
using Relais.Platform.Database;
using Relais.Telephony.Accounts;

namespace Relais.Telephony.Orders.Run;

/// <summary>
/// Buys the number, once. That a purchase begins is committed before the call; whoever finds it begun looks for the number before
/// asking again, because the answer may have been lost.
/// </summary>
internal sealed class BuyNumber(
    TenantDb db, AccountDirectory accounts, INumberProvider provider, WebhookTargets targets, TelephonyOptions options, TimeProvider time)
{
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
        set provider_sid = @Sid, friendly_name = @FriendlyName, retry_at = null
        where id = @Id and status = 'undoing' and provider_sid is null
        returning {OrderRow.Columns}
        """;

    // it is over, or has another number: RescueOrders goes after this one
    private const string Keep = """
        update number_orders set late_sid = @Sid, look_at = @Now
        where id = @Id and (status = 'failed' or provider_sid is distinct from @Sid)
        """;

    private const string LookLater = "update number_orders set look_at = greatest(look_at, @LookAt) where id = @Id";

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
        return await db.RunAsync(
            ids.TenantId, tx => found.Held is { } held ? TakeAsync(tx, ids, held, ct) : SetBackAsync(tx, ids, order, found.Failure, ct), ct);
    }

    private async Task<OrderProgress> TakeAsync(NpgsqlTransaction tx, OrderIds ids, OwnedNumber held, CancellationToken ct)
    {
        var bought = new { Id = ids.OrderId, held.Sid, held.FriendlyName, Now = time.GetUtcNow().UtcDateTime };
        if ((await tx.QueryOneAsync<OrderRow>(Bought, bought, ct) ?? await tx.QueryOneAsync<OrderRow>(GiveBack, bought, ct)) is { } row)
        {
            return OrderProgress.Of(row);
        }

        await tx.ExecuteAsync(Keep, bought, ct);
        return await OrderSteps.ProgressAsync(tx, ids, ct);
    }

    /// <param name="order">As it was when the call was made.</param>
    /// <param name="failure">Null: the account has the number from elsewhere.</param>
    private async Task<OrderProgress> SetBackAsync(NpgsqlTransaction tx, OrderIds ids, OrderRow order, ProviderFailure? failure, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var present = await OrderSteps.LockAsync(tx, ids, OrderStatus.Buying, ct);
        if (failure is { Kind: ProviderFailureKind.Unknown } && present?.Attempts != order.Attempts)
        {
            // nobody waits for this one any more, and it may yet arrive
            await tx.ExecuteAsync(LookLater, new { order.Id, LookAt = (now + options.SettleAfter).UtcDateTime }, ct);
        }

        var setback = failure is null
            ? new OrderSetback(OrderStatus.Failed, TelephonyFailures.NumberAlreadyOwned, null, null)
            : OrderDecision.After(order, failure, now, options);
        return await OrderSteps.SetBackAsync(tx, order, setback, now, ct);
    }

    /// <summary>Neither of both: the account has the number, but not from this order.</summary>
    private sealed record Found(OwnedNumber? Held, ProviderFailure? Failure);

    private async Task<Found> LookAndBuyAsync(ProviderAccount account, OrderRow order, long begun) =>
        (order.Attempts > 1 ? await LookAsync(account, order) : null)
        ?? await BuyAsync(account, order, () => OrderDecision.MayLeave(time.GetElapsedTime(begun), order.CalledAt!.Value, time.GetUtcNow(), options));

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
        var bought = await provider.BuyAsync(account, new NumberPurchase(order.Number, order.AddressSid, order.BundleSid, targets.MarkedFor(order.Id)), mayLeave);
        if (bought.Failure is not { } failure)
        {
            return new Found(bought.Value, null);
        }

        // refused, but perhaps because an earlier purchase has arrived meanwhile
        return (order.Attempts > 1 && !failure.IsTransient ? await LookAsync(account, order) : null) ?? new Found(null, await NamedAsync(account, failure));
    }

    // an account without money is said not to be active
    private async Task<ProviderFailure> NamedAsync(ProviderAccount account, ProviderFailure failure)
    {
        var isActive = failure is { Kind: ProviderFailureKind.Refused, Code: "20005" } && AccountCheck.StateOf(await provider.FetchAccountAsync(account)) == "active";
        return isActive ? failure with { Code = TelephonyFailures.BalanceTooLow } : failure;
    }
}
