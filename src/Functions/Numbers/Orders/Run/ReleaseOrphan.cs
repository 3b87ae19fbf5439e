using Npgsql;
using Relais.Channels;
using Relais.Platform.Database;
using Relais.Accounts;

namespace Relais.Numbers.Orders.Run;

/// <summary>Gives back what an order bought after its end: a purchase that was on its way when nobody waited for it any more.</summary>
internal sealed partial class ReleaseOrphan(
    TenantDb db, TenantAccounts accounts, INumberProvider provider, RouterUrls targets, TimeProvider time, ILogger<ReleaseOrphan> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    private const string SelectDueRecheck = $"select {OrderRow.Columns} from number_orders where id = @Id and status in ('done', 'failed') and recheck_at <= @Now";

    // somebody connected it meanwhile
    private const string IsInInventory = "select exists (select from phone_numbers where provider_sid = @Sid and state <> 'released')";

    // another outcome that came home meanwhile stands
    private const string ClearRecheck = "update number_orders set recheck_at = null, undo_error_code = null where id = @Id and recheck_at = @RecheckAt";

    private const string PostponeRecheck = "update number_orders set recheck_at = @Later, undo_error_code = @Code, failures = failures + 1 where id = @Id and recheck_at = @RecheckAt";

    public async Task RunAsync(Guid tenantId, Guid id, CancellationToken ct)
    {
        var (order, account) = await db.RunAsync(tenantId, async tx =>
            (await tx.QueryOneAsync<OrderRow>(SelectDueRecheck, new { Id = id, Now = time.GetUtcNow().UtcDateTime }, ct), await accounts.FindAsync(tx, tenantId, ct)), ct);
        if (order is null)
        {
            return;
        }

        // an account that was given up is out of reach, with all that it holds
        var failure = account is null || account.Id != order.AccountId ? null : await ReleaseAsync(account.Provider, order, ct);
        await db.RunAsync(tenantId, tx => StoreResultAsync(tx, order, failure, ct), ct);
    }

    /// <returns>Null: the account has nothing of this order any more.</returns>
    private async Task<ProviderFailure?> ReleaseAsync(ProviderAccount account, OrderRow order, CancellationToken ct)
    {
        var listed = await provider.ListAsync(account, order.Number);
        if (listed.Failure is { } unknown)
        {
            return unknown;
        }

        var late = listed.Value.Find(held => held.Sid == order.OrphanSid || targets.FindOrderId(held.SmsUrl) == order.Id);
        if (late is null || await db.RunAsync(order.TenantId, tx => tx.QueryOneAsync<bool>(IsInInventory, new { late.Sid }, ct), ct))
        {
            return null;
        }

        var released = await provider.ReleaseAsync(account, late.Sid);
        if (released.Failure is null)
        {
            Log.Returned(logger, order.Id);
        }

        return released.Failure;
    }

    private Task<int> StoreResultAsync(NpgsqlTransaction tx, OrderRow order, ProviderFailure? failure, CancellationToken ct)
    {
        if (failure is null)
        {
            return tx.ExecuteAsync(ClearRecheck, new { order.Id, RecheckAt = order.RecheckAt }, ct);
        }

        if (OrderDecision.ShouldLogFailure(order.Failures + 1))
        {
            Log.NotReturned(logger, order.Id, failure.Code);
        }

        return tx.ExecuteAsync(PostponeRecheck, new { order.Id, RecheckAt = order.RecheckAt, Later = (time.GetUtcNow() + Pause).UtcDateTime, failure.Code }, ct);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A number that order {OrderId} bought after its end was given back")]
        public static partial void Returned(ILogger logger, Guid orderId);

        [LoggerMessage(2, LogLevel.Warning, "A number that order {OrderId} may have bought after its end could not be given back yet: {Code}")]
        public static partial void NotReturned(ILogger logger, Guid orderId, string code);
    }
}
