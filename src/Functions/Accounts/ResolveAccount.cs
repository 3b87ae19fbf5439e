using Relais.Access;
using Relais.Platform;

namespace Relais.Accounts;

/// <summary>
/// The account that a purchase or a connection is made with: the stored one; where there is none, or its token is not accepted any more, the
/// one in the body once it is checked and saved. A token that works is not replaced by the way: another one in the body serves this call only.
/// </summary>
internal sealed class ResolveAccount(TenantAccounts accounts, RefreshAccountState states, SaveCredentials save)
{
    /// <summary>What a body says about the account, without asking the provider.</summary>
    public static Failure? FindMismatch(TenantAccount? stored, string? accountSid) =>
        stored is not null && accountSid is not null && !AccountStatePolicy.IsSame(accountSid, stored.Provider.Sid) ? TelephonyFailures.Create(TelephonyFailures.AccountMismatch) : null;

    public async Task<Result<TenantAccount>> RunAsync(Caller caller, string? accountSid, string? authToken, CancellationToken ct)
    {
        var stored = await accounts.FindAsync(caller.TenantId, ct);
        if (FindMismatch(stored, accountSid) is { } mismatch)
        {
            return mismatch;
        }

        if (accountSid is null || authToken is null || stored?.Provider.Token == authToken)
        {
            return stored is null ? TelephonyFailures.Create(TelephonyFailures.NoAccount) : stored;
        }

        if (stored is not null && (await states.RefreshAsync(stored, ct))?.Code != TelephonyFailures.CredentialsRejected)
        {
            return stored with { Provider = stored.Provider with { Token = authToken } };
        }

        var saved = await save.RunAsync(caller, new CredentialsRequest(accountSid, authToken), ct);
        if (saved.Failure is { } failure)
        {
            return failure;
        }

        return await accounts.FindAsync(caller.TenantId, ct) is { } known ? known : TelephonyFailures.Create(TelephonyFailures.NoAccount);
    }
}
