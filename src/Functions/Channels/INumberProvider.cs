namespace Relais.Channels;

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
    Task<ProviderResult<OwnedNumber>> BuyAsync(ProviderCredentials account, NumberPurchase purchase, Func<bool> canStillSend);

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
