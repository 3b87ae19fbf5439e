using Microsoft.Azure.Functions.Worker;
using Npgsql;
using Relais.Accounts;
using Relais.Channels;
using Relais.Platform.Database;

namespace Relais.Numbers.Orders.Run;

/// <summary>Buys the number of an order once: status buying is committed before the call, and a retry lists the account first.</summary>
/// <remarks>
/// The order mark makes the call safe to retry. The number is bought with the order's id in its SMS URL (<c>?o=&lt;order&gt;</c>), so the
/// provider stores the mark together with the number. If the answer to the call is lost, the retry lists the account's numbers and takes
/// the one with the mark instead of buying a second time. <see cref="ConnectNumber"/> replaces the URL and so removes the mark.
/// </remarks>
internal sealed class BuyNumber(
    TenantDb db, TenantAccounts accounts, INumberProvider provider, RouterUrls routerUrls, NumbersOptions options, TimeProvider time)
{
    private const string StartBuying = $"""
        update number_orders
        set status = 'buying', attempts = attempts + 1,
          first_purchase_started_at = coalesce(first_purchase_started_at, @Now), purchase_started_at = @Now
        where id = @OrderId and status in ('reserved', 'buying')
        returning {OrderRow.Columns}
        """;

    private const string RecordBought = $"""
        update number_orders
        set status = 'bought', provider_sid = @Sid, friendly_name = @FriendlyName, failures = 0, retry_at = null
        where id = @Id and status = 'buying'
        returning {OrderRow.Columns}
        """;

    // The order began to be undone while this call was in progress: UndoOrder needs the SID to release the number.
    private const string RecordSidForUndo = $"""
        update number_orders
        set provider_sid = @Sid, friendly_name = @FriendlyName, retry_at = null
        where id = @Id and status = 'undoing' and provider_sid is null
        returning {OrderRow.Columns}
        """;

    // The order has ended or has another number: RecoverOrders releases this number through ReleaseOrphan.
    private const string RecordOrphan = """
        update number_orders set orphan_sid = @Sid, recheck_at = @Now
        where id = @Id and (status = 'failed' or provider_sid is distinct from @Sid)
        """;

    private const string ScheduleRecheck = "update number_orders set recheck_at = greatest(recheck_at, @RecheckAt) where id = @Id";

    [Function(nameof(BuyNumber))]
    public async Task<OrderProgress> RunAsync([ActivityTrigger] OrderIds ids, CancellationToken ct)
    {
        var startedAt = time.GetTimestamp();
        var (order, account) = await db.RunAsync(ids.TenantId, async tx =>
        {
            var started = await tx.QueryOneAsync<OrderRow>(StartBuying, new { ids.OrderId, Now = time.GetUtcNow().UtcDateTime }, ct);
            return (started, await accounts.FindAsync(tx, ids.TenantId, ct));
        }, ct);
        if (order is null)
        {
            return await db.RunAsync(ids.TenantId, tx => OrderRow.ReadProgressAsync(tx, ids.OrderId, ct), ct);
        }

        var result = account is null
            ? new BuyResult(null, OrderDecision.NoAccountFailure)
            : await FindOrBuyAsync(account.Credentials, order, startedAt);
        return await db.RunAsync(
            ids.TenantId,
            tx => result.Number is { } number
                ? RecordBoughtAsync(tx, ids, number, ct)
                : RecordNotBoughtAsync(tx, ids, order, result.Failure, ct),
            ct);
    }

    private async Task<OrderProgress> RecordBoughtAsync(NpgsqlTransaction tx, OrderIds ids, OwnedNumber number, CancellationToken ct)
    {
        var parameters = new { Id = ids.OrderId, number.Sid, number.FriendlyName, Now = time.GetUtcNow().UtcDateTime };
        var row = await tx.QueryOneAsync<OrderRow>(RecordBought, parameters, ct)
            ?? await tx.QueryOneAsync<OrderRow>(RecordSidForUndo, parameters, ct);
        if (row is not null)
        {
            return OrderProgress.From(row);
        }

        await tx.ExecuteAsync(RecordOrphan, parameters, ct);
        return await OrderRow.ReadProgressAsync(tx, ids.OrderId, ct);
    }

    /// <param name="order">The order as it was when the call was made.</param>
    /// <param name="failure">Null: the account owns the number, but this order did not buy it.</param>
    private async Task<OrderProgress> RecordNotBoughtAsync(
        NpgsqlTransaction tx, OrderIds ids, OrderRow order, ProviderFailure? failure, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var current = await OrderRow.LockAsync(tx, ids.OrderId, OrderStatus.Buying, ct);
        if (failure is { Kind: ProviderFailureKind.Unknown } && current?.Attempts != order.Attempts)
        {
            // The order has moved on without this call, which may still succeed at the provider: search the account again later.
            await tx.ExecuteAsync(ScheduleRecheck, new { order.Id, RecheckAt = (now + options.ConfirmAbsenceAfter).UtcDateTime }, ct);
        }

        var transition = failure is null
            ? new OrderFailureTransition(OrderStatus.Failed, TelephonyFailures.NumberAlreadyOwned, null, null)
            : OrderDecision.AfterFailure(order, failure, now, options);
        return await order.RecordFailureAsync(tx, transition, now, ct);
    }

    /// <summary>
    /// The number that this order bought, or why there is none. Both null: the account owns the number, but this order did not buy it.
    /// </summary>
    private sealed record BuyResult(OwnedNumber? Number, ProviderFailure? Failure);

    private async Task<BuyResult> FindOrBuyAsync(ProviderCredentials account, OrderRow order, long startedAt)
    {
        bool CanStillSend() => OrderDecision.CanStillSend(
            time.GetElapsedTime(startedAt), order.PurchaseStartedAt!.Value, time.GetUtcNow(), options);

        // This is a retry: the answer to an earlier call may have been lost.
        var existing = order.Attempts > 1 ? await FindBoughtEarlierAsync(account, order) : null;
        return existing ?? await BuyAsync(account, order, CanStillSend);
    }

    /// <summary>Lists the account for the number and checks that it carries this order's mark.</summary>
    /// <returns>Null: the account does not have the number.</returns>
    private async Task<BuyResult?> FindBoughtEarlierAsync(ProviderCredentials account, OrderRow order)
    {
        var listed = await provider.ListAsync(account, order.Number);
        return listed.Failure is { } failure ? new BuyResult(null, failure)
            : listed.Value is [var number, ..]
                ? new BuyResult(order.HasBought(number, routerUrls) ? number : null, null)
            : null;
    }

    private async Task<BuyResult> BuyAsync(ProviderCredentials account, OrderRow order, Func<bool> canStillSend)
    {
        var number = new NumberToBuy(order.Number, order.AddressSid, order.BundleSid, routerUrls.WithOrderMark(order.Id));
        var bought = await provider.BuyAsync(account, number, canStillSend);
        if (bought.Failure is not { } failure)
        {
            return new BuyResult(bought.Value, null);
        }

        // The provider may have refused because an earlier call for this order has succeeded in the meantime.
        var existing = order.Attempts > 1 && !failure.IsTransient ? await FindBoughtEarlierAsync(account, order) : null;
        return existing ?? new BuyResult(null, await WithBalanceErrorAsync(account, failure));
    }

    // The provider answers 20005 (account not active) also when the balance is too low. If the account is active, the balance is the cause.
    private async Task<ProviderFailure> WithBalanceErrorAsync(ProviderCredentials account, ProviderFailure failure)
    {
        var isActive = failure is { Kind: ProviderFailureKind.Refused, Code: "20005" }
            && AccountStatePolicy.FindState(await provider.FetchAccountAsync(account)) == AccountState.Active;
        return isActive ? failure with { Code = ProviderReasons.BalanceTooLow } : failure;
    }
}
