namespace Relais.Channels;

/// <summary>An account, as the provider describes it.</summary>
/// <param name="Status">active, suspended or closed.</param>
/// <param name="IsSubAccount">The account is billed to another account and has no balance of its own.</param>
internal sealed record AccountInfo(string FriendlyName, string Status, bool IsTrial, bool IsSubAccount)
{
    /// <summary>The account SID in the spelling of the provider.</summary>
    public string Sid { get; init; } = "";
}

internal sealed record Money(decimal Amount, string Currency);

/// <summary>The criteria of a search for numbers that are for sale.</summary>
/// <param name="Type">local, mobile or toll_free.</param>
/// <param name="Contains">A pattern of digits, letters and the provider's wildcards.</param>
internal sealed record NumberSearch(
    string Country, string Type, string? AreaCode = null, string? Contains = null, bool SmsOnly = true, int Limit = 30);

internal sealed record NumberCapabilities(bool Sms, bool Mms, bool Voice)
{
    /// <summary>The names that the database column <c>capabilities</c> contains.</summary>
    public string[] Names =>
    [
        .. new[] { (IsPresent: Sms, Name: "sms"), (IsPresent: Mms, Name: "mms"), (IsPresent: Voice, Name: "voice") }
            .Where(capability => capability.IsPresent)
            .Select(capability => capability.Name),
    ];

    public static NumberCapabilities FromNames(IReadOnlyCollection<string> names) =>
        new(names.Contains("sms"), names.Contains("mms"), names.Contains("voice"));
}

/// <summary>A number that is for sale.</summary>
/// <param name="AddressRequirement">The kind of address that the buyer must have: none, any, local or foreign.</param>
internal sealed record AvailableNumber(
    string Number, string FriendlyName, string? Locality, string? Region, NumberCapabilities Capabilities, string AddressRequirement);

/// <summary>The rule of one country for one kind of buyer.</summary>
/// <param name="EndUserType">The kind of buyer, such as individual or business.</param>
/// <param name="RequiresDocuments">False: the rule asks for nothing.</param>
internal sealed record NumberRegulation(string Name, string EndUserType, bool RequiresDocuments);

internal sealed record AddressRecord(string Sid, string Name, string Country);

internal sealed record BundleRecord(string Sid, string Name);

/// <summary>The URLs for a number's inbound messages and for the reports on its calls. The provider calls all of them with POST.</summary>
internal sealed record NumberWebhooks(Uri SmsUrl, Uri SmsFallbackUrl, Uri StatusCallback);

internal sealed record NumberToBuy(string Number, string? AddressSid, string? BundleSid, NumberWebhooks Webhooks);

/// <summary>The current state of a number that the account owns.</summary>
/// <param name="Type">local, mobile or toll_free; null: unknown.</param>
/// <param name="SmsApplicationSid">The application that overrides all SMS URLs; null: none.</param>
internal sealed record OwnedNumber(
    string Sid, string Number, string FriendlyName, DateTimeOffset? CreatedAt, string? Type, NumberCapabilities Capabilities,
    string? SmsUrl, string? SmsMethod, string? SmsFallbackUrl, string? SmsFallbackMethod, string? SmsApplicationSid)
{
    public string? StatusCallback { get; init; }

    public string? StatusCallbackMethod { get; init; }
}

/// <summary>
/// Reads accounts, and searches, buys, connects and releases phone numbers at the provider. No method retries, and each returns a failure,
/// a timeout included, as a value.
/// </summary>
internal interface INumberProvider
{
    Task<ProviderResult<AccountInfo>> FetchAccountAsync(ProviderCredentials account);

    Task<ProviderResult<Money>> FetchBalanceAsync(ProviderCredentials account);

    Task<ProviderResult<List<AvailableNumber>>> SearchAsync(ProviderCredentials account, NumberSearch search);

    Task<ProviderResult<List<NumberRegulation>>> ListRegulationsAsync(ProviderCredentials account, string country, string type);

    Task<ProviderResult<List<AddressRecord>>> ListAddressesAsync(ProviderCredentials account);

    /// <param name="type">local, mobile or toll_free.</param>
    /// <returns>The regulatory bundles that the provider has approved.</returns>
    Task<ProviderResult<List<BundleRecord>>> ListBundlesAsync(ProviderCredentials account, string country, string type);

    /// <summary>Buys a number. The call bills the account and is not idempotent.</summary>
    /// <param name="canStillSend">Called immediately before the request is written. False: the request is not sent.</param>
    Task<ProviderResult<OwnedNumber>> BuyAsync(ProviderCredentials account, NumberToBuy number, Func<bool> canStillSend);

    /// <param name="number">Lists this number only; null: all numbers of the account.</param>
    /// <returns>The complete list. If one page cannot be read, the result is a failure.</returns>
    Task<ProviderResult<List<OwnedNumber>>> ListAsync(ProviderCredentials account, string? number = null);

    Task<ProviderResult<OwnedNumber>> FetchAsync(ProviderCredentials account, string sid);

    /// <summary>Sets the webhooks of a number, and removes its application, which would override them.</summary>
    Task<ProviderResult<OwnedNumber>> ConnectAsync(ProviderCredentials account, string sid, NumberWebhooks webhooks);

    /// <summary>Gives the number back to the provider immediately. This cannot be undone.</summary>
    /// <returns>False: the account did not have the number any more.</returns>
    Task<ProviderResult<bool>> ReleaseAsync(ProviderCredentials account, string sid);
}
