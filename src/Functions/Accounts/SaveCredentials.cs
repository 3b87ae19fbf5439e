using System.Security.Cryptography;
using Npgsql;
using Relais.Access;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Accounts;

/// <summary>
/// Checks credentials with the provider and stores them encrypted. If the account is already stored, its token is replaced, and webhooks
/// that are signed with the previous token are still accepted for a while.
/// </summary>
internal sealed class SaveCredentials(TenantDb db, INumberProvider provider, SecretBox secrets, TimeProvider time)
{
    private const string AccountSidConstraint = "provider_accounts_provider_account_sid_key";

    private const string SelectAccount = $"""
        select id, account_sid, secret, secret_key_id, state, application_sid
        from provider_accounts
        where tenant_id = @TenantId and provider = '{ProviderNames.Current}'
        """;

    private const string UpsertAccount = $"""
        insert into provider_accounts (
          id, tenant_id, provider, account_sid, secret, secret_key_id, application_sid, friendly_name, is_trial, state, checked_at,
          updated_at, created_at)
        values (
          @Id, @TenantId, '{ProviderNames.Current}', @AccountSid, @Secret, @SecretKeyId, @ApplicationSid, @FriendlyName, @IsTrial, 'active',
          @Now, @Now, @Now)
        on conflict (tenant_id, provider) do update
        set account_sid = excluded.account_sid, secret = excluded.secret, secret_key_id = excluded.secret_key_id,
          application_sid = coalesce(
            excluded.application_sid,
            case when provider_accounts.account_sid = excluded.account_sid then provider_accounts.application_sid end),
          balance = case when provider_accounts.account_sid = excluded.account_sid then provider_accounts.balance end,
          friendly_name = excluded.friendly_name, is_trial = excluded.is_trial, state = 'active', checked_at = @Now, updated_at = @Now,
          previous_secret = case @TokenChange
            when 'new' then provider_accounts.secret when 'same' then provider_accounts.previous_secret end,
          previous_secret_key_id = case @TokenChange
            when 'new' then provider_accounts.secret_key_id when 'same' then provider_accounts.previous_secret_key_id end,
          token_replaced_at = case @TokenChange when 'new' then @Now when 'same' then provider_accounts.token_replaced_at end,
          previous_token_expires_at = case @TokenChange when 'same' then provider_accounts.previous_token_expires_at end
        returning {AccountView.Columns}
        """;

    private sealed record Row
    {
        public required Guid Id { get; init; }
        public required string AccountSid { get; init; }
        public required byte[] Secret { get; init; }
        public required string SecretKeyId { get; init; }
        public required string State { get; init; }
        public string? ApplicationSid { get; init; }
    }

    public async Task<Result<AccountView>> RunAsync(Caller caller, CredentialsRequest request, CancellationToken ct)
    {
        if (request.Validate() is { } invalid)
        {
            return invalid;
        }

        var fetched = await provider.FetchAccountAsync(new ProviderCredentials(request.AccountSid!, request.AuthToken!));
        if (AccountStatePolicy.FindFailure(fetched, request.AccountSid!) is { } failure)
        {
            return failure;
        }

        try
        {
            return await db.RunAsync(caller.TenantId, tx => SaveAsync(tx, caller, request, fetched.Value, ct), ct);
        }
        catch (PostgresException e) when (e is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: AccountSidConstraint })
        {
            return TelephonyFailures.Create(TelephonyFailures.AccountOfAnotherTenant);
        }
    }

    private async Task<Result<AccountView>> SaveAsync(
        NpgsqlTransaction tx, Caller caller, CredentialsRequest request, AccountInfo facts, CancellationToken ct)
    {
        await AccountUse.LockAsync(tx, caller.TenantId, ct);
        var before = await tx.QueryOneAsync<Row>(SelectAccount, new { caller.TenantId }, ct);
        if (before is not null
            && !AccountStatePolicy.IsSameSid(before.AccountSid, facts.Sid)
            && await AccountUse.IsInUseAsync(tx, caller.TenantId, before.Id, ct))
        {
            return TelephonyFailures.Create(TelephonyFailures.AccountHasNumbers);
        }

        var now = time.GetUtcNow();
        var id = before?.Id ?? Guid.CreateVersion7(now);
        var view = await tx.QueryOneAsync<AccountView>(UpsertAccount, new
        {
            Id = id,
            caller.TenantId,
            AccountSid = facts.Sid,
            TokenChange = before is null ? null : CompareToken(before, caller.TenantId, facts.Sid, request.AuthToken!),
            Secret = secrets.Seal(request.AuthToken!, caller.TenantId),
            SecretKeyId = secrets.ActiveKeyId,
            request.ApplicationSid,
            facts.FriendlyName,
            facts.IsTrial,
            Now = now.UtcDateTime,
        }, ct);
        var change = new AuditEntry(
            before is null ? "account.connect" : "account.update", "account", id.ToString(),
            before is null ? null : new { before.AccountSid, before.ApplicationSid, before.State },
            new { view!.AccountSid, view.ApplicationSid, view.State, Token = "replaced" });
        await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, change, ct);
        return view;
    }

    /// <returns>
    /// new: the stored token becomes the previous one; same: it is the stored token; null: the stored token is dropped, because it belongs
    /// to another account or cannot be decrypted.
    /// </returns>
    private string? CompareToken(Row before, Guid tenantId, string accountSid, string token)
    {
        if (!AccountStatePolicy.IsSameSid(before.AccountSid, accountSid))
        {
            return null;
        }

        try
        {
            return secrets.Open(before.Secret, before.SecretKeyId, tenantId) == token ? "same" : "new";
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
