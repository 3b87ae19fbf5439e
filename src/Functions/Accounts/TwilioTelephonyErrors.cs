using System.Collections.Frozen;
using Relais.Channels;
using Relais.Platform;

namespace Relais.Accounts;

/// <summary>The one table from the provider's codes to ours; <see cref="TelephonyFailures"/> says what each of ours means and what to do.</summary>
internal static class TwilioTelephonyErrors
{
    private static readonly FrozenDictionary<string, string> Codes = new Dictionary<string, string>
    {
        ["20003"] = TelephonyFailures.CredentialsRejected,
        ["20005"] = TelephonyFailures.AccountSuspended,
        ["10001"] = TelephonyFailures.AccountSuspended,
        ["20429"] = TelephonyFailures.ProviderBusy,
        ["21404"] = TelephonyFailures.TrialLimit,
        ["21406"] = TelephonyFailures.WebhookNotAccepted,
        ["21421"] = TelephonyFailures.NumberInvalid,
        ["21422"] = TelephonyFailures.NumberNotAvailable,
        ["21451"] = TelephonyFailures.AreaCodeInvalid,
        ["21452"] = TelephonyFailures.AreaCodeEmpty,
        ["21615"] = TelephonyFailures.AddressRequired,
        ["21631"] = TelephonyFailures.AddressRequired,
        ["21628"] = TelephonyFailures.AddressInvalid,
        ["21629"] = TelephonyFailures.AddressInvalid,
        ["21649"] = TelephonyFailures.BundleRequired,
        ["21650"] = TelephonyFailures.IdentityRequired,
        ["21651"] = TelephonyFailures.AddressNotAccepted,
        [TelephonyFailures.WebhookNotAccepted] = TelephonyFailures.WebhookNotAccepted,
        [TelephonyFailures.BalanceTooLow] = TelephonyFailures.BalanceTooLow,
    }.ToFrozenDictionary();

    public static string FindFailureCode(ProviderFailure failure) =>
        Codes.TryGetValue(failure.Code, out var code) ? code
        : failure.HttpStatus == 429 ? TelephonyFailures.ProviderBusy
        : failure.HttpStatus == 401 ? TelephonyFailures.CredentialsRejected
        : failure.IsTransient ? TelephonyFailures.ProviderUnavailable
        : TelephonyFailures.ProviderRefused;

    public static Failure ToFailure(ProviderFailure failure) => TelephonyFailures.Create(FindFailureCode(failure), failure.Code);
}
