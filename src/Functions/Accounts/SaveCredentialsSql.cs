using Relais.Channels;

namespace Relais.Accounts;

/// <summary>The statements behind <see cref="SaveCredentials"/>.</summary>
internal static class SaveCredentialsSql
{
    public const string SelectAccount = $"""
        select id, account_sid, secret, secret_key_id, state, application_sid
        from provider_accounts
        where tenant_id = @TenantId and provider = '{ProviderNames.Current}'
        """;

    public const string UpsertAccount = $"""
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
}
