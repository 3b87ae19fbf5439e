using Relais.Access;
using Relais.Channels;
using Relais.Platform;

namespace Relais.Accounts;

/// <summary>
/// Chooses the account for a purchase or a connection: normally the stored one. If the tenant has no account, or the provider no longer
/// accepts the stored token, the credentials of the request are checked and saved. While the provider does not reject the stored token, it
/// is not replaced: another token in the request is used for this call only.
/// </summary>
internal sealed class ResolveAccount(TenantAccounts accounts, RefreshAccountState refreshState, SaveCredentials save)
{
    /// <returns>A failure if the request names another account than the stored one; otherwise null.</returns>
    public static Failure? FindMismatch(TenantAccount? stored, string? accountSid) =>
        stored is not null && accountSid is not null && !AccountStatePolicy.IsSameSid(accountSid, stored.Credentials.Sid)
            ? TelephonyFailures.Create(TelephonyFailures.AccountMismatch)
            : null;

    public async Task<Result<TenantAccount>> RunAsync(Caller caller, string? accountSid, string? authToken, CancellationToken ct)
    {
        var stored = await accounts.FindAsync(caller.TenantId, ct);
        if (FindMismatch(stored, accountSid) is { } mismatch)
        {
            return mismatch;
        }

        if (accountSid is null || authToken is null || stored?.Credentials.Token == authToken)
        {
            return stored is null ? TelephonyFailures.Create(TelephonyFailures.NoAccount) : stored;
        }

        if (stored is not null && (await refreshState.RunAsync(stored, ct))?.Code != ProviderReasons.CredentialsRejected)
        {
            return stored with { Credentials = stored.Credentials with { Token = authToken } };
        }

        var saved = await save.RunAsync(caller, new CredentialsRequest(accountSid, authToken), ct);
        if (saved.Failure is { } failure)
        {
            return failure;
        }

        return await accounts.FindAsync(caller.TenantId, ct) is { } account
            ? account
            : TelephonyFailures.Create(TelephonyFailures.NoAccount);
    }
}
