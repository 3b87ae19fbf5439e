using Npgsql;
using Relais.Access;
using Relais.Accounts;
using Relais.Numbers.Offers;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.Numbers.Orders;

/// <summary>Finds the order that a purchase request refers to, or inserts a new one.</summary>
internal sealed class OrderStore(TenantDb db, TimeProvider time)
{
    private const string SelectByIdempotencyKey = $"""
        select {OrderRow.Columns} from number_orders where tenant_id = @TenantId and idempotency_key = @IdempotencyKey
        """;

    // If no order has the request's idempotency key, the request refers to the open order for its number, or to the order that
    // bought the number, as long as the tenant still has it.
    private const string SelectByNumber = $"""
        select {OrderRow.Columns}
        from number_orders o
        where tenant_id = @TenantId and number = @Number
          and (status not in ('done', 'failed')
            or status = 'done' and exists (select from phone_numbers p where p.id = o.number_id and p.state = 'active'))
        order by id desc
        limit 1
        """;

    // The unique index allows one open order for a number over all tenants, also where row-level security hides the other order. An
    // order that ended after the availability check has left its number in the inventory: no second order may buy that number.
    private const string InsertOrder = $"""
        insert into number_orders (
          id, tenant_id, account_id, idempotency_key, number, country, number_type, address_sid, bundle_sid, ordered_by, created_at)
        select @Id, @TenantId, @AccountId, @IdempotencyKey, @Number, @Country, @Type, @AddressSid, @BundleSid, @OrderedBy::jsonb, @Now
        where not exists (select from phone_numbers where number = @Number and state <> 'released' and created_at >= @Since)
          and exists (select from provider_accounts where id = @AccountId and account_sid = @AccountSid)
        on conflict do nothing
        returning {OrderRow.Columns}
        """;

    /// <returns>The order; null: the request is new.</returns>
    public async Task<Result<OrderRow?>> FindExistingAsync(
        Guid tenantId, PurchaseRequest request, string? idempotencyKey, CancellationToken ct)
    {
        var parameters = new { TenantId = tenantId, IdempotencyKey = idempotencyKey, request.Number };
        var (byKey, byNumber) = await db.RunAsync(tenantId, async tx =>
        {
            var order = idempotencyKey is null ? null : await tx.QueryOneAsync<OrderRow>(SelectByIdempotencyKey, parameters, ct);
            return (order, order is null ? await tx.QueryOneAsync<OrderRow>(SelectByNumber, parameters, ct) : null);
        }, ct);
        var isOtherPurchase = byKey is not null
            && (byKey.Number, byKey.AddressSid, byKey.BundleSid) != (request.Number, request.AddressSid, request.BundleSid);
        return isOtherPurchase ? TelephonyFailures.Create(TelephonyFailures.RequestTokenReused) : byKey ?? byNumber;
    }

    /// <param name="checkedFrom">A time before the availability of the number was checked.</param>
    /// <returns>The order; null: another order came first, the number entered an inventory, or the account was replaced.</returns>
    public Task<OrderRow?> InsertAsync(
        Caller caller,
        TenantAccount account,
        PurchaseRequest request,
        string? idempotencyKey,
        NumberOffer offer,
        DateTimeOffset checkedFrom,
        CancellationToken ct) =>
        db.RunAsync(caller.TenantId, async tx =>
        {
            await AccountUse.LockAsync(tx, caller.TenantId, ct);
            var now = time.GetUtcNow();
            var id = Guid.CreateVersion7(now);
            var row = await tx.QueryOneAsync<OrderRow>(InsertOrder, new
            {
                Id = id,
                caller.TenantId,
                AccountId = account.Id,
                AccountSid = account.Credentials.Sid,
                // The space keeps a generated key apart from the keys of callers: theirs may not contain spaces.
                IdempotencyKey = idempotencyKey ?? $"order {id}",
                request.Number,
                offer.Country,
                offer.Type,
                request.AddressSid,
                request.BundleSid,
                OrderedBy = Json.Write(caller.Actor),
                Now = now.UtcDateTime,
                Since = checkedFrom.UtcDateTime,
            }, ct);
            if (row is not null)
            {
                await AuditAsync(tx, caller, row, now, ct);
            }

            return row;
        }, ct);

    private static Task AuditAsync(NpgsqlTransaction tx, Caller caller, OrderRow row, DateTimeOffset now, CancellationToken ct)
    {
        var after = new { row.Status, row.Country, Type = row.NumberType, row.AddressSid, row.BundleSid };
        var entry = new AuditEntry("order.create", "order", row.Id.ToString(), After: after);
        return AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, entry, ct);
    }
}
