using Microsoft.Azure.Functions.Worker;
using Npgsql;
using Relais.Channels;
using Relais.Platform.Database;
using Relais.Accounts;

namespace Relais.Numbers.Orders.Run;

/// <summary>
/// Buys the number, once. That a purchase begins is committed before the call; whoever finds it begun looks for the number before
/// asking again, because the answer may have been lost.
/// </summary>
internal sealed class BuyNumber(
    TenantDb db, TenantAccounts accounts, INumberProvider provider, RouterUrls targets, NumbersOptions options, TimeProvider time)
{
    private const string StartPurchase = $"""
        update number_orders
        set status = 'buying', attempts = attempts + 1, first_purchase_started_at = coalesce(first_purchase_started_at, @Now), purchase_started_at = @Now
        where id = @OrderId and status in ('reserved', 'buying')
        returning {OrderRow.Columns}
        """;

    private const string RecordPurchase = $"""
        update number_orders
        set status = 'bought', provider_sid = @Sid, friendly_name = @FriendlyName, failures = 0, retry_at = null
        where id = @Id and status = 'buying'
        returning {OrderRow.Columns}
        """;

    // the order was given up while this purchase was on its way
    private const string RecordSidForUndo = $"""
        update number_orders
        set provider_sid = @Sid, friendly_name = @FriendlyName, retry_at = null
        where id = @Id and status = 'undoing' and provider_sid is null
        returning {OrderRow.Columns}
        """;

    // it is over, or has another number: RescueOrders goes after this one
    private const string RecordOrphan = """
        update number_orders set orphan_sid = @Sid, recheck_at = @Now
        where id = @Id and (status = 'failed' or provider_sid is distinct from @Sid)
        """;

    private const string PostponeRecheck = "update number_orders set recheck_at = greatest(recheck_at, @RecheckAt) where id = @Id";

    [Function(nameof(BuyNumber))]
    public async Task<OrderProgress> RunAsync([ActivityTrigger] OrderIds ids, CancellationToken ct)
    {
        var begun = time.GetTimestamp();
        var (order, account) = await db.RunAsync(ids.TenantId, async tx =>
            (await tx.QueryOneAsync<OrderRow>(StartPurchase, new { ids.OrderId, Now = time.GetUtcNow().UtcDateTime }, ct), await accounts.FindAsync(tx, ids.TenantId, ct)), ct);
        if (order is null)
        {
            return await db.RunAsync(ids.TenantId, tx => OrderState.ProgressAsync(tx, ids, ct), ct);
        }

        var found = account is null ? new PurchaseResult(null, OrderState.NoAccount) : await FindOrBuyAsync(account.Provider, order, begun);
        return await db.RunAsync(
            ids.TenantId, tx => found.Held is { } held ? RecordPurchaseAsync(tx, ids, held, ct) : RecordFailedPurchaseAsync(tx, ids, order, found.Failure, ct), ct);
    }

    private async Task<OrderProgress> RecordPurchaseAsync(NpgsqlTransaction tx, OrderIds ids, OwnedNumber held, CancellationToken ct)
    {
        var bought = new { Id = ids.OrderId, held.Sid, held.FriendlyName, Now = time.GetUtcNow().UtcDateTime };
        if ((await tx.QueryOneAsync<OrderRow>(RecordPurchase, bought, ct) ?? await tx.QueryOneAsync<OrderRow>(RecordSidForUndo, bought, ct)) is { } row)
        {
            return OrderProgress.From(row);
        }

        await tx.ExecuteAsync(RecordOrphan, bought, ct);
        return await OrderState.ProgressAsync(tx, ids, ct);
    }

    /// <param name="order">As it was when the call was made.</param>
    /// <param name="failure">Null: the account has the number from elsewhere.</param>
    private async Task<OrderProgress> RecordFailedPurchaseAsync(NpgsqlTransaction tx, OrderIds ids, OrderRow order, ProviderFailure? failure, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var present = await OrderState.LockAsync(tx, ids, OrderStatus.Buying, ct);
        if (failure is { Kind: ProviderFailureKind.Unknown } && present?.Attempts != order.Attempts)
        {
            // nobody waits for this one any more, and it may yet arrive
            await tx.ExecuteAsync(PostponeRecheck, new { order.Id, RecheckAt = (now + options.ConfirmAbsenceAfter).UtcDateTime }, ct);
        }

        var setback = failure is null
            ? new OrderFailureTransition(OrderStatus.Failed, TelephonyFailures.NumberAlreadyOwned, null, null)
            : OrderDecision.AfterFailure(order, failure, now, options);
        return await OrderState.RecordFailureAsync(tx, order, setback, now, ct);
    }

    /// <summary>Neither of both: the account has the number, but not from this order.</summary>
    private sealed record PurchaseResult(OwnedNumber? Held, ProviderFailure? Failure);

    private async Task<PurchaseResult> FindOrBuyAsync(ProviderAccount account, OrderRow order, long begun) =>
        (order.Attempts > 1 ? await FindOwnedNumberAsync(account, order) : null)
        ?? await BuyAsync(account, order, () => OrderDecision.CanStillSend(time.GetElapsedTime(begun), order.PurchaseStartedAt!.Value, time.GetUtcNow(), options));

    /// <returns>Null: the account does not have it.</returns>
    private async Task<PurchaseResult?> FindOwnedNumberAsync(ProviderAccount account, OrderRow order)
    {
        var listed = await provider.ListAsync(account, order.Number);
        return listed.Failure is { } failure ? new PurchaseResult(null, failure)
            : listed.Value is [var held, ..] ? new PurchaseResult(OrderState.BelongsToOrder(order, held, targets) ? held : null, null)
            : null;
    }

    private async Task<PurchaseResult> BuyAsync(ProviderAccount account, OrderRow order, Func<bool> mayLeave)
    {
        var bought = await provider.BuyAsync(account, new NumberPurchase(order.Number, order.AddressSid, order.BundleSid, targets.WithOrderMark(order.Id)), mayLeave);
        if (bought.Failure is not { } failure)
        {
            return new PurchaseResult(bought.Value, null);
        }

        // refused, but perhaps because an earlier purchase has arrived meanwhile
        return (order.Attempts > 1 && !failure.IsTransient ? await FindOwnedNumberAsync(account, order) : null) ?? new PurchaseResult(null, await WithBalanceErrorAsync(account, failure));
    }

    // an account without money is said not to be active
    private async Task<ProviderFailure> WithBalanceErrorAsync(ProviderAccount account, ProviderFailure failure)
    {
        var isActive = failure is { Kind: ProviderFailureKind.Refused, Code: "20005" } && AccountStatePolicy.FindState(await provider.FetchAccountAsync(account)) == "active";
        return isActive ? failure with { Code = TelephonyFailures.BalanceTooLow } : failure;
    }
}
