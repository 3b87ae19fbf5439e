using Npgsql;
using Relais.Platform.Database;

namespace Relais.Accounts;

/// <summary>Locks the account of a tenant and checks whether it is in use: an account in use can be neither replaced nor deleted.</summary>
internal static class AccountUse
{
    private const string IsSameAccount = "select exists (select from provider_accounts where id = @Id and account_sid = @Sid)";

    private const string IsInUse = """
        select exists (select from phone_numbers where tenant_id = @TenantId and state <> 'released')
          or exists (select from senders where account_id = @AccountId and retired_at is null)
          or exists (select from number_orders where tenant_id = @TenantId and (status not in ('done', 'failed') or recheck_at is not null))
          or exists (select from campaigns c join senders s on s.id = c.sender_id
            where s.account_id = @AccountId and c.status in ('starting', 'running', 'paused', 'cancelling'))
          -- The outcome of these messages is read from the provider with the account's credentials.
          or exists (select from messages m join senders s on s.id = m.sender_id
            where s.account_id = @AccountId and m.status in ('claimed', 'unknown'))
          or exists (select from messages m join senders s on s.id = m.stream_id
            where s.account_id = @AccountId and m.status = 'pending')
        """;

    /// <summary>Makes changes of the tenant's account wait for each other.</summary>
    public static Task LockAsync(NpgsqlTransaction tx, Guid tenantId, CancellationToken ct) =>
        tx.LockAsync(AdvisoryLock.Account, tenantId, ct);

    /// <summary>Prevents changes of the account until the transaction ends.</summary>
    /// <returns>False: the tenant has another account by now, or none.</returns>
    public static async Task<bool> LockUnchangedAsync(NpgsqlTransaction tx, TenantAccount account, CancellationToken ct)
    {
        await LockAsync(tx, account.TenantId, ct);
        return await tx.QueryOneAsync<bool>(IsSameAccount, new { account.Id, account.Credentials.Sid }, ct);
    }

    public static Task<bool> IsInUseAsync(NpgsqlTransaction tx, Guid tenantId, Guid accountId, CancellationToken ct) =>
        tx.QueryOneAsync<bool>(IsInUse, new { TenantId = tenantId, AccountId = accountId }, ct);
}
