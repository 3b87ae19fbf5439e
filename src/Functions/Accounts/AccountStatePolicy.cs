using Relais.Channels;
using Relais.Platform;

namespace Relais.Accounts;

/// <summary>Decides from the provider's answer whether an account can be used, and which state to store. Pure.</summary>
internal static class AccountStatePolicy
{
    /// <returns>Why the account cannot be used; null: it can.</returns>
    public static Failure? FindFailure(ProviderResult<AccountInfo> fetched) =>
        fetched.Failure is { } failure
            // A 404 means that these credentials give no access to the account.
            ? failure.IsNotFound
                ? TelephonyFailures.Create(ProviderReasons.CredentialsRejected)
                : TelephonyFailures.From(failure)
            : fetched.Value.Status switch
            {
                AccountState.Suspended => TelephonyFailures.Create(ProviderReasons.AccountSuspended),
                AccountState.Closed => TelephonyFailures.Create(TelephonyFailures.AccountClosed),
                _ => null,
            };

    /// <param name="fetched">The provider's answer.</param>
    /// <param name="requestedSid">The SID of the account that was requested, in upper or lower case.</param>
    public static Failure? FindFailure(ProviderResult<AccountInfo> fetched, string requestedSid) =>
        FindFailure(fetched)
        ?? (IsSameSid(fetched.Value.Sid, requestedSid) ? null : TelephonyFailures.Create(ProviderReasons.CredentialsRejected));

    public static bool IsSameSid(string accountSid, string other) => string.Equals(accountSid, other, StringComparison.OrdinalIgnoreCase);

    /// <returns>The state to store; null: the answer does not show the state, for example after a timeout.</returns>
    public static string? FindState(ProviderResult<AccountInfo> fetched) => FindFailure(fetched)?.Code switch
    {
        null => AccountState.Active,
        ProviderReasons.CredentialsRejected => AccountState.Rejected,
        ProviderReasons.AccountSuspended => AccountState.Suspended,
        TelephonyFailures.AccountClosed => AccountState.Closed,
        _ => null,
    };
}
