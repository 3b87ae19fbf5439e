using System.Collections.Frozen;

namespace Relais.Channels.Twilio;

/// <summary>Maps Twilio's error codes for accounts, numbers and senders to failure codes of the API.</summary>
internal static class TwilioFailureReasons
{
    public static readonly FrozenDictionary<string, string> Reasons = new Dictionary<string, string>
    {
        ["20003"] = ProviderReasons.CredentialsRejected,
        ["20005"] = ProviderReasons.AccountSuspended,
        ["10001"] = ProviderReasons.AccountSuspended,
        ["20429"] = ProviderReasons.ProviderBusy,
        ["21404"] = ProviderReasons.TrialLimit,
        ["21406"] = ProviderReasons.WebhookNotAccepted,
        ["21421"] = ProviderReasons.NumberInvalid,
        ["21422"] = ProviderReasons.NumberNotAvailable,
        ["21451"] = ProviderReasons.AreaCodeInvalid,
        ["21452"] = ProviderReasons.AreaCodeEmpty,
        ["21615"] = ProviderReasons.AddressRequired,
        ["21631"] = ProviderReasons.AddressRequired,
        ["21628"] = ProviderReasons.AddressInvalid,
        ["21629"] = ProviderReasons.AddressInvalid,
        ["21649"] = ProviderReasons.BundleRequired,
        ["21650"] = ProviderReasons.IdentityRequired,
        ["21651"] = ProviderReasons.AddressNotAccepted,
    }.ToFrozenDictionary();
}
