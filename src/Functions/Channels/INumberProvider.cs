namespace Relais.Channels;

/// <summary>The edge to where numbers are bought and held: one call each, never a retry, every failure as a value, time limits included.</summary>
internal interface INumberProvider
{
    Task<ProviderResult<AccountInfo>> FetchAccountAsync(ProviderAccount account);

    Task<ProviderResult<Money>> FetchBalanceAsync(ProviderAccount account);

    Task<ProviderResult<List<AvailableNumber>>> SearchAsync(ProviderAccount account, NumberSearch search);

    Task<ProviderResult<List<NumberRegulation>>> ListRegulationsAsync(ProviderAccount account, string country, string type);

    Task<ProviderResult<List<AddressRecord>>> ListAddressesAsync(ProviderAccount account);

    /// <returns>The approved ones.</returns>
    Task<ProviderResult<List<BundleRecord>>> ListBundlesAsync(ProviderAccount account, string country, string type);

    /// <summary>Bills the account, and is not idempotent.</summary>
    /// <param name="canStillSend">Asked at the last moment before the request is written; no: it counts as not sent.</param>
    Task<ProviderResult<OwnedNumber>> BuyAsync(ProviderAccount account, NumberPurchase purchase, Func<bool> canStillSend);

    /// <param name="number">Only this one; null: all of the account.</param>
    /// <returns>A complete list: a page that is missing is a failure.</returns>
    Task<ProviderResult<List<OwnedNumber>>> ListAsync(ProviderAccount account, string? number = null);

    Task<ProviderResult<OwnedNumber>> FetchAsync(ProviderAccount account, string sid);

    /// <summary>Sets the webhooks and takes away the application that would stand above them.</summary>
    Task<ProviderResult<OwnedNumber>> ConnectAsync(ProviderAccount account, string sid, NumberWebhooks webhooks);

    /// <summary>Gives the number back at once and for good.</summary>
    /// <returns>False: the account had it no more.</returns>
    Task<ProviderResult<bool>> ReleaseAsync(ProviderAccount account, string sid);
}
