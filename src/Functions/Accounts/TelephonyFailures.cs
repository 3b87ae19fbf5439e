using Relais.Channels;
using Relais.Platform;

namespace Relais.Accounts;

/// <summary>Permanent codes of Accounts and Numbers. The codes for refusals of the provider are in <see cref="ProviderReasons"/>.</summary>
internal static class TelephonyFailures
{
    public const string NoAccount = "no_account";
    public const string AccountClosed = "account_closed";
    public const string AccountOfAnotherTenant = "account_in_use";
    public const string AccountHasNumbers = "account_has_numbers";
    public const string AccountMismatch = "account_mismatch";
    public const string NumberWithoutSms = "number_without_sms";
    public const string NumberAlreadyOwned = "number_already_owned";
    public const string NumberOwnedByAnotherTenant = "number_elsewhere";
    public const string NumberNotFound = "number_not_found";
    public const string NumberNotManaged = "number_not_managed";
    public const string NumberReleasing = "number_releasing";
    public const string NumberBeingBought = "number_being_bought";
    public const string NumberInUse = "number_in_use";
    public const string TypeNotSold = "type_not_sold";
    public const string BundleNotAccepted = "bundle_not_accepted";
    public const string RequestTokenReused = "request_token_reused";
    public const string OrderNotFound = "order_not_found";

    /// <param name="code">A constant of this class or of <see cref="ProviderReasons"/>.</param>
    /// <param name="providerCode">Named where there is nothing better to say.</param>
    /// <param name="faults">What to supply.</param>
    public static Failure Create(string code, string? providerCode = null, IReadOnlyDictionary<string, string[]>? faults = null)
    {
        var (kind, text) = TelephonyFailureTexts.ByCode.GetValueOrDefault(
            code, TelephonyFailureTexts.ByCode[ProviderReasons.ProviderRefused]);
        var detail = code == ProviderReasons.ProviderRefused && providerCode?.All(char.IsAsciiDigit) == true
            ? $"Twilio refused with code {providerCode}. What it means stands at https://www.twilio.com/docs/errors/{providerCode}."
            : text;
        return new Failure(kind, code, detail, faults ?? MissingFields(code));
    }

    public static Failure From(ProviderFailure failure) => Create(ProviderReasons.ReasonFor(failure), failure.Code);

    private static Dictionary<string, string[]>? MissingFields(string code) => code switch
    {
        ProviderReasons.AddressRequired => new Dictionary<string, string[]> { ["address_sid"] = ["is required"] },
        BundleNotAccepted => new Dictionary<string, string[]> { ["bundle_sid"] = ["does not satisfy what the number asks for"] },
        ProviderReasons.BundleRequired or ProviderReasons.IdentityRequired =>
            new Dictionary<string, string[]> { ["bundle_sid"] = ["is required"] },
        _ => null,
    };
}
