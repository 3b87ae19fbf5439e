using Npgsql;
using Relais.Access;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Sending;

namespace Relais.Accounts;

/// <summary>
/// Forgets an account of which nothing is in use any more, secret included. An account that is closed or lost lets nothing be released: it can be
/// abandoned, with its numbers, senders and orders, once no campaign needs it. What waits on a sender of it ends.
/// </summary>
internal sealed class DeleteCredentials(TenantDb db, TimeProvider time)
{
    private const string SelectAccount = "select id, account_sid from provider_accounts where tenant_id = @TenantId and provider = 'twilio'";

    private const string DeleteAccount = """
        update senders set account_id = null where account_id = @Id;
        delete from provider_accounts where id = @Id;
        """;

    private const string IsNeededByCampaign = """
        select exists (select from campaigns c join senders s on s.id = c.sender_id
            where s.account_id = @Id and c.status in ('starting', 'running', 'paused', 'cancelling'))
          or exists (select from messages m join senders s on s.id = m.sender_id where s.account_id = @Id and m.status = 'claimed')
        """;

    private const string ReleaseLocally = """
        update phone_numbers set state = 'released', released_at = @Now, drifted = false where tenant_id = @TenantId and state <> 'released';
        update senders set retired_at = coalesce(retired_at, @Now) where account_id = @Id;
        update number_orders set status = 'failed', failure_code = coalesce(failure_code, @Code), ended_at = @Now
        where tenant_id = @TenantId and status not in ('done', 'failed');
        """;

    private sealed record Row
    {
        public required Guid Id { get; init; }
        public required string AccountSid { get; init; }
    }

    /// <param name="caller">Who.</param>
    /// <param name="abandon">What the account still has stays with the provider, and is billed there; here it ends.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null: it is forgotten.</returns>
    public Task<Failure?> RunAsync(Caller caller, bool abandon, CancellationToken ct) => db.RunAsync(caller.TenantId, tx => DeleteAsync(tx, caller, abandon, ct), ct);

    private async Task<Failure?> DeleteAsync(NpgsqlTransaction tx, Caller caller, bool abandon, CancellationToken ct)
    {
        await AccountUse.LockAsync(tx, caller.TenantId, ct);
        var account = await tx.QueryOneAsync<Row>(SelectAccount, new { caller.TenantId }, ct);
        if (account is null)
        {
            return null;
        }

        var now = time.GetUtcNow();
        var used = await AccountUse.IsUsedAsync(tx, caller.TenantId, account.Id, ct);
        if (used && (!abandon || await tx.QueryOneAsync<bool>(IsNeededByCampaign, new { account.Id }, ct)))
        {
            return TelephonyFailures.Create(TelephonyFailures.AccountHasNumbers);
        }

        if (used)
        {
            await tx.ExecuteAsync(ReleaseLocally, new { account.Id, caller.TenantId, Code = TelephonyFailures.NoAccount, Now = now.UtcDateTime }, ct);
        }

        await tx.ExecuteAsync(DeleteAccount, new { account.Id }, ct);
        while (await FailMessagesWithoutAccount.FailPageAsync(tx, now, ct))
        {
        }

        var change = new AuditEntry("account.disconnect", "account", account.Id.ToString(), Before: new { account.AccountSid }, After: new { Abandoned = used });
        await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, change, ct);
        return null;
    }
}
