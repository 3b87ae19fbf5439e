using Npgsql;
using Relais.Platform.Database;

namespace Relais.Accounts;

/// <summary>What keeps an account from being changed for another or taken away.</summary>
internal static class AccountUse
{
    // two changes of one tenant's account wait for each other
    private const string Lock = "select pg_advisory_xact_lock(hashtextextended('telephony/' || @TenantId::text, 0))";

    private const string IsSameAccount = "select exists (select from provider_accounts where id = @Id and account_sid = @Sid)";

    private const string IsInUse = """
        select exists (select from phone_numbers where tenant_id = @TenantId and state <> 'released')
          or exists (select from senders where account_id = @AccountId and retired_at is null)
          or exists (select from number_orders where tenant_id = @TenantId and (status not in ('done', 'failed') or recheck_at is not null))
          or exists (select from campaigns c join senders s on s.id = c.sender_id
            where s.account_id = @AccountId and c.status in ('starting', 'running', 'paused', 'cancelling'))
          -- what is with the provider is settled with these credentials
          or exists (select from messages m join senders s on s.id = m.sender_id where s.account_id = @AccountId and m.status in ('claimed', 'unknown'))
          or exists (select from messages m join senders s on s.id = m.stream_id where s.account_id = @AccountId and m.status = 'pending')
        """;

    public static Task LockAsync(NpgsqlTransaction tx, Guid tenantId, CancellationToken ct) => tx.QueryOneAsync<object>(Lock, new { TenantId = tenantId }, ct);

    /// <summary>Nobody changes the account from here to the end of the transaction.</summary>
    /// <returns>False: it is another one by now, or none.</returns>
    public static async Task<bool> LockUnchangedAsync(NpgsqlTransaction tx, TenantAccount account, CancellationToken ct)
    {
        await LockAsync(tx, account.TenantId, ct);
        return await tx.QueryOneAsync<bool>(IsSameAccount, new { account.Id, account.Provider.Sid }, ct);
    }

    public static Task<bool> IsUsedAsync(NpgsqlTransaction tx, Guid tenantId, Guid accountId, CancellationToken ct) =>
        tx.QueryOneAsync<bool>(IsInUse, new { TenantId = tenantId, AccountId = accountId }, ct);
}
