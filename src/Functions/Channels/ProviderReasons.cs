using Relais.Channels.Twilio;

namespace Relais.Channels;

/// <summary>
/// The reasons why a provider refused a request or did not answer it. They are failure codes of the API, independent of the provider's own
/// codes.
/// </summary>
internal static class ProviderReasons
{
    public const string CredentialsRejected = "credentials_rejected";
    public const string AccountSuspended = "account_suspended";
    public const string TrialLimit = "trial_limit";
    public const string BalanceTooLow = "balance_too_low";
    public const string NumberInvalid = "number_invalid";
    public const string NumberNotAvailable = "number_not_available";
    public const string AreaCodeInvalid = "area_code_invalid";
    public const string AreaCodeEmpty = "area_code_empty";
    public const string AddressRequired = "address_required";
    public const string AddressInvalid = "address_invalid";
    public const string AddressNotAccepted = "address_not_accepted";
    public const string BundleRequired = "bundle_required";
    public const string IdentityRequired = "identity_required";
    public const string WebhookNotAccepted = "webhook_not_accepted";
    public const string ProviderBusy = "provider_busy";
    public const string ProviderUnavailable = "provider_unavailable";
    public const string ProviderRefused = "provider_refused";

    /// <param name="failure">Its code is the provider's own, or one of these reasons if the app found the cause itself.</param>
    public static string ReasonFor(ProviderFailure failure) =>
        TwilioFailureReasons.Reasons.TryGetValue(failure.Code, out var reason) ? reason
        : failure.Code is WebhookNotAccepted or BalanceTooLow ? failure.Code
        : failure.HttpStatus == 429 ? ProviderBusy
        : failure.HttpStatus == 401 ? CredentialsRejected
        : failure.IsTransient ? ProviderUnavailable
        : ProviderRefused;
}
