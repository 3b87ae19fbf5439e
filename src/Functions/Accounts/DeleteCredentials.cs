using Npgsql;
using Relais.Access;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Sending;

namespace Relais.Accounts;

/// <summary>
/// Deletes an account that is not in use, and its secret. The numbers of a closed or lost account cannot be released: such an account can
/// be abandoned together with its numbers, senders and orders, unless a campaign still needs it. Pending messages of its senders fail.
/// </summary>
internal sealed class DeleteCredentials(TenantDb db, TimeProvider time)
{
    private const string SelectAccount = $"""
        select id, account_sid from provider_accounts where tenant_id = @TenantId and provider = '{ProviderNames.Current}'
        """;

    private const string DeleteAccount = """
        update senders set account_id = null where account_id = @Id;
        delete from provider_accounts where id = @Id;
        """;

    private const string IsNeededByCampaign = """
        select exists (select from campaigns c join senders s on s.id = c.sender_id
            where s.account_id = @Id and c.status in ('starting', 'running', 'paused', 'cancelling'))
          or exists (select from messages m join senders s on s.id = m.sender_id
            where s.account_id = @Id and m.status = 'claimed')
        """;

    private const string ReleaseLocally = """
        update phone_numbers set state = 'released', released_at = @Now, drifted = false
        where tenant_id = @TenantId and state <> 'released';
        update senders set retired_at = coalesce(retired_at, @Now) where account_id = @Id;
        update number_orders set status = 'failed', failure_code = coalesce(failure_code, @Code), ended_at = @Now
        where tenant_id = @TenantId and status not in ('done', 'failed');
        """;

    private sealed record Row
    {
        public required Guid Id { get; init; }
        public required string AccountSid { get; init; }
    }

    /// <param name="caller">The owner, for the audit trail.</param>
    /// <param name="abandon">
    /// True: numbers, senders and orders of the account end here; at the provider its numbers stay and are billed.
    /// </param>
    /// <param name="ct">Cancels the operation.</param>
    /// <returns>Why the account was kept; null: it is deleted, or there was none.</returns>
    public Task<Failure?> RunAsync(Caller caller, bool abandon, CancellationToken ct) =>
        db.RunAsync(caller.TenantId, tx => DeleteAsync(tx, caller, abandon, ct), ct);

    private async Task<Failure?> DeleteAsync(NpgsqlTransaction tx, Caller caller, bool abandon, CancellationToken ct)
    {
        await AccountUse.LockAsync(tx, caller.TenantId, ct);
        var account = await tx.QueryOneAsync<Row>(SelectAccount, new { caller.TenantId }, ct);
        if (account is null)
        {
            return null;
        }

        var now = time.GetUtcNow();
        var isUsed = await AccountUse.IsInUseAsync(tx, caller.TenantId, account.Id, ct);
        if (isUsed && (!abandon || await tx.QueryOneAsync<bool>(IsNeededByCampaign, new { account.Id }, ct)))
        {
            return TelephonyFailures.Create(TelephonyFailures.AccountHasNumbers);
        }

        if (isUsed)
        {
            var parameters = new { account.Id, caller.TenantId, Code = TelephonyFailures.NoAccount, Now = now.UtcDateTime };
            await tx.ExecuteAsync(ReleaseLocally, parameters, ct);
        }

        await tx.ExecuteAsync(DeleteAccount, new { account.Id }, ct);
        while (await FailMessagesWithoutAccount.FailPageAsync(tx, now, ct))
        {
        }

        var change = new AuditEntry(
            "account.disconnect",
            "account",
            account.Id.ToString(),
            Before: new { account.AccountSid },
            After: new { Abandoned = isUsed });
        await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, change, ct);
        return null;
    }
}
