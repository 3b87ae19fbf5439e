using Npgsql;
using Relais.Access;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Http;
using Relais.Accounts;
using Relais.Numbers.Offers;

namespace Relais.Numbers.Orders;

/// <summary>Finds the order that a request means, or writes a new one.</summary>
internal sealed class OrderStore(TenantDb db, TimeProvider time)
{
    private const string SelectByIdempotencyKey = $"select {OrderRow.Columns} from number_orders where tenant_id = @TenantId and idempotency_key = @Token";

    // without a token of its own, a request for a number that is being bought, or was bought and is still held, means that order
    private const string SelectByNumber = $"""
        select {OrderRow.Columns}
        from number_orders o
        where tenant_id = @TenantId and number = @Number
          and (status not in ('done', 'failed')
            or status = 'done' and exists (select from phone_numbers p where p.id = o.number_id and p.state = 'active'))
        order by id desc
        limit 1
        """;

    // One open order for a number over all tenants: the unique index tells also of those that are not seen here. An order that
    // ended since the number was looked for is found by what it left in the inventory.
    private const string InsertOrder = $"""
        insert into number_orders (id, tenant_id, account_id, idempotency_key, number, country, number_type, address_sid, bundle_sid, ordered_by, created_at)
        select @Id, @TenantId, @AccountId, @Token, @Number, @Country, @Type, @AddressSid, @BundleSid, @OrderedBy::jsonb, @Now
        where not exists (select from phone_numbers where number = @Number and state <> 'released' and created_at >= @Since)
          and exists (select from provider_accounts where id = @AccountId and account_sid = @AccountSid)
        on conflict do nothing
        returning {OrderRow.Columns}
        """;

    /// <returns>Null: the request is new.</returns>
    public async Task<Result<OrderRow?>> FindExistingAsync(Guid tenantId, PurchaseRequest request, string? token, CancellationToken ct)
    {
        var parameters = new { TenantId = tenantId, Token = token, request.Number };
        var (byToken, byNumber) = await db.RunAsync(tenantId, async tx =>
        {
            var first = token is null ? null : await tx.QueryOneAsync<OrderRow>(SelectByIdempotencyKey, parameters, ct);
            return (first, first is null ? await tx.QueryOneAsync<OrderRow>(SelectByNumber, parameters, ct) : null);
        }, ct);
        return byToken is not null && (byToken.Number, byToken.AddressSid, byToken.BundleSid) != (request.Number, request.AddressSid, request.BundleSid)
            ? TelephonyFailures.Create(TelephonyFailures.RequestTokenReused)
            : byToken ?? byNumber;
    }

    /// <param name="since">Before the number was looked for.</param>
    /// <returns>Null: somebody was quicker.</returns>
    public Task<OrderRow?> InsertAsync(
        Caller caller, TenantAccount account, PurchaseRequest request, string? token, NumberOffer offer, DateTimeOffset since, CancellationToken ct) =>
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
                AccountSid = account.Provider.Sid,
                // no caller's token has a space
                Token = token ?? $"order {id}",
                request.Number,
                offer.Country,
                offer.Type,
                request.AddressSid,
                request.BundleSid,
                OrderedBy = Json.Write(caller.Actor),
                Now = now.UtcDateTime,
                Since = since.UtcDateTime,
            }, ct);
            if (row is not null)
            {
                await AuditAsync(tx, caller, row, now, ct);
            }

            return row;
        }, ct);

    private static Task AuditAsync(NpgsqlTransaction tx, Caller caller, OrderRow row, DateTimeOffset now, CancellationToken ct) =>
        AuditTrail.WriteAsync(
            tx, caller.TenantId, caller.Actor, now,
            new AuditEntry("order.create", "order", row.Id.ToString(), After: new { row.Status, row.Country, Type = row.NumberType, row.AddressSid, row.BundleSid }), ct);
}
