using Npgsql;
using Relais.Access;
using Relais.Accounts;
using Relais.Channels;
using Relais.Numbers.Inventory;
using Relais.Numbers.Offers;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.Numbers.Orders;

/// <summary>Checks everything that would make the purchase fail, then inserts the order.</summary>
internal sealed class CreateOrder(
    TenantDb db, ResolveAccount resolveAccount, NumberOwnership ownership, CheckPurchase checkPurchase, TimeProvider time)
{
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

    public async Task<Result<OrderRow>> RunAsync(Caller caller, PurchaseRequest request, string? idempotencyKey, CancellationToken ct)
    {
        var account = await resolveAccount.RunAsync(caller, request.AccountSid, request.AuthToken, ct);
        if (account.Failure is { } unusable)
        {
            return unusable;
        }

        if (await ownership.IsOwnedByAnotherTenantAsync(caller.TenantId, request.Number!, ct))
        {
            return TelephonyFailures.Create(ProviderReasons.NumberNotAvailable);
        }

        var since = time.GetUtcNow();
        var offer = await checkPurchase.RunAsync(account.Value, request.Number!, request.AddressSid, request.BundleSid, ct);
        if (offer.Failure is { } obstacle)
        {
            return obstacle;
        }

        return await InsertAsync(caller, account.Value, request, idempotencyKey, offer.Value, since, ct) is { } order
            ? order
            : TelephonyFailures.Create(ProviderReasons.NumberNotAvailable);
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
            // The account is neither replaced nor deleted until the order, which keeps it in use, is committed.
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
