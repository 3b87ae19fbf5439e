using Relais.Channels;
using Relais.Platform;

namespace Relais.Accounts;

/// <summary>What the provider's word about an account means. Pure.</summary>
internal static class AccountStatePolicy
{
    /// <returns>Null: the account may be used.</returns>
    public static Failure? FindFailure(ProviderResult<AccountInfo> fetched) =>
        fetched.Failure is { } failure
            // to these credentials there is no such account
            ? failure.IsNotFound ? TelephonyFailures.Create(TelephonyFailures.CredentialsRejected) : TelephonyFailures.From(failure)
            : fetched.Value.Status switch
            {
                "suspended" => TelephonyFailures.Create(TelephonyFailures.AccountSuspended),
                "closed" => TelephonyFailures.Create(TelephonyFailures.AccountClosed),
                _ => null,
            };

    /// <param name="fetched">What the provider said.</param>
    /// <param name="asked">The account that was asked for, in upper or lower case.</param>
    public static Failure? FindFailure(ProviderResult<AccountInfo> fetched, string asked) =>
        FindFailure(fetched) ?? (IsSame(fetched.Value.Sid, asked) ? null : TelephonyFailures.Create(TelephonyFailures.CredentialsRejected));

    public static bool IsSame(string accountSid, string other) => string.Equals(accountSid, other, StringComparison.OrdinalIgnoreCase);

    /// <returns>The state to store; null: nothing was learnt.</returns>
    public static string? FindState(ProviderResult<AccountInfo> fetched) => FindFailure(fetched)?.Code switch
    {
        null => "active",
        TelephonyFailures.CredentialsRejected => "rejected",
        TelephonyFailures.AccountSuspended => "suspended",
        TelephonyFailures.AccountClosed => "closed",
        _ => null,
    };
}
