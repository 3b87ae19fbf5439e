namespace Relais.Channels;

/// <summary>
/// Reads accounts, and searches, buys, connects and releases phone numbers at the provider. No method retries, and each returns a failure,
/// a timeout included, as a value.
/// </summary>
internal interface INumberProvider
{
    Task<ProviderResult<AccountInfo>> FetchAccountAsync(ProviderAccount account);

    Task<ProviderResult<Money>> FetchBalanceAsync(ProviderAccount account);

    Task<ProviderResult<List<AvailableNumber>>> SearchAsync(ProviderAccount account, NumberSearch search);

    Task<ProviderResult<List<NumberRegulation>>> ListRegulationsAsync(ProviderAccount account, string country, string type);

    Task<ProviderResult<List<AddressRecord>>> ListAddressesAsync(ProviderAccount account);

    /// <param name="type">local, mobile or toll_free.</param>
    /// <returns>The regulatory bundles that the provider has approved.</returns>
    Task<ProviderResult<List<BundleRecord>>> ListBundlesAsync(ProviderAccount account, string country, string type);

    /// <summary>Buys a number. The call bills the account and is not idempotent.</summary>
    /// <param name="canStillSend">Called immediately before the request is written. False: the request is not sent.</param>
    Task<ProviderResult<OwnedNumber>> BuyAsync(ProviderAccount account, NumberPurchase purchase, Func<bool> canStillSend);

    /// <param name="number">Lists this number only; null: all numbers of the account.</param>
    /// <returns>The complete list. If one page cannot be read, the result is a failure.</returns>
    Task<ProviderResult<List<OwnedNumber>>> ListAsync(ProviderAccount account, string? number = null);

    Task<ProviderResult<OwnedNumber>> FetchAsync(ProviderAccount account, string sid);

    /// <summary>Sets the webhooks of a number, and removes its application, which would override them.</summary>
    Task<ProviderResult<OwnedNumber>> ConnectAsync(ProviderAccount account, string sid, NumberWebhooks webhooks);

    /// <summary>Gives the number back to the provider immediately. This cannot be undone.</summary>
    /// <returns>False: the account did not have the number any more.</returns>
    Task<ProviderResult<bool>> ReleaseAsync(ProviderAccount account, string sid);
}
