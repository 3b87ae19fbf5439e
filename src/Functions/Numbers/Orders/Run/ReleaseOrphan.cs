using Npgsql;
using Relais.Accounts;
using Relais.Channels;
using Relais.Platform.Database;

namespace Relais.Numbers.Orders.Run;

/// <summary>Releases a number that an ended order bought: the call was still in progress when the order ended.</summary>
internal sealed partial class ReleaseOrphan(
    TenantDb db, TenantAccounts accounts, INumberProvider provider, RouterUrls routerUrls, TimeProvider time, ILogger<ReleaseOrphan> logger)
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMinutes(5);

    private const string SelectDueRecheck = $"""
        select {OrderRow.Columns} from number_orders where id = @Id and status in ('done', 'failed') and recheck_at <= @Now
        """;

    // A user may have connected the number in the meantime: then it stays.
    private const string IsInInventory = "select exists (select from phone_numbers where provider_sid = @Sid and state <> 'released')";

    // The condition on recheck_at keeps a recheck that another late call of this order has scheduled in the meantime.
    private const string ClearRecheck = """
        update number_orders set recheck_at = null, undo_error_code = null where id = @Id and recheck_at = @RecheckAt
        """;

    private const string PostponeRecheck = """
        update number_orders set recheck_at = @Later, undo_error_code = @Code, failures = failures + 1
        where id = @Id and recheck_at = @RecheckAt
        """;

    public async Task RunAsync(Guid tenantId, Guid id, CancellationToken ct)
    {
        var (order, account) = await db.RunAsync(tenantId, async tx =>
        {
            var due = await tx.QueryOneAsync<OrderRow>(SelectDueRecheck, new { Id = id, Now = time.GetUtcNow().UtcDateTime }, ct);
            return (due, await accounts.FindAsync(tx, tenantId, ct));
        }, ct);
        if (order is null)
        {
            return;
        }

        // If the order's account was deleted or replaced here, its numbers can no longer be released: the recheck ends.
        var failure = account is null || account.Id != order.AccountId ? null : await ReleaseAsync(account.Credentials, order, ct);
        await db.RunAsync(tenantId, tx => StoreResultAsync(tx, order, failure, ct), ct);
    }

    /// <returns>Why the number could not be released; null: the account has no number of this order left to release.</returns>
    private async Task<ProviderFailure?> ReleaseAsync(ProviderCredentials account, OrderRow order, CancellationToken ct)
    {
        var listed = await provider.ListAsync(account, order.Number);
        if (listed.Failure is { } listFailure)
        {
            return listFailure;
        }

        var orphan = listed.Value.Find(number => number.Sid == order.OrphanSid || routerUrls.FindOrderId(number.SmsUrl) == order.Id);
        if (orphan is null || await db.RunAsync(order.TenantId, tx => tx.QueryOneAsync<bool>(IsInInventory, new { orphan.Sid }, ct), ct))
        {
            return null;
        }

        var released = await provider.ReleaseAsync(account, orphan.Sid);
        if (released.Failure is null)
        {
            Log.Released(logger, order.Id);
        }

        return released.Failure;
    }

    private Task<int> StoreResultAsync(NpgsqlTransaction tx, OrderRow order, ProviderFailure? failure, CancellationToken ct)
    {
        if (failure is null)
        {
            return tx.ExecuteAsync(ClearRecheck, new { order.Id, order.RecheckAt }, ct);
        }

        if (OrderDecision.ShouldLogFailure(order.Failures + 1))
        {
            Log.ReleaseFailed(logger, order.Id, failure.Code);
        }

        var later = (time.GetUtcNow() + RetryInterval).UtcDateTime;
        return tx.ExecuteAsync(PostponeRecheck, new { order.Id, order.RecheckAt, Later = later, failure.Code }, ct);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Released a number that order {OrderId} bought after its end")]
        public static partial void Released(ILogger logger, Guid orderId);

        [LoggerMessage(
            2,
            LogLevel.Warning,
            "A number that order {OrderId} may have bought after its end could not be given back; " +
            "the next attempt starts in five minutes: {Code}")]
        public static partial void ReleaseFailed(ILogger logger, Guid orderId, string code);
    }
}
