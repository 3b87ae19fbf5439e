using Relais.Accounts;
using Relais.Channels;
using Relais.Platform;

namespace Relais.Numbers.Offers;

/// <summary>Checks account, number, requirements and balance before a purchase, so that no order starts that is bound to fail.</summary>
internal sealed class CheckPurchase(
    INumberProvider provider, FindNumberForSale findNumberForSale, GetPurchaseRequirements getPurchaseRequirements)
{
    /// <returns>The offer to buy, or the first obstacle that was found.</returns>
    public async Task<Result<NumberOffer>> RunAsync(
        TenantAccount account, string number, string? addressSid, string? bundleSid, CancellationToken ct)
    {
        var fetched = await provider.FetchAccountAsync(account.Credentials);
        if (AccountStatePolicy.FindFailure(fetched) is { } unusable)
        {
            return unusable;
        }

        var owned = await provider.ListAsync(account.Credentials, number);
        if (owned.Failure is { } listFailure)
        {
            return TelephonyFailures.From(listFailure);
        }

        if (owned.Value.Count > 0)
        {
            return TelephonyFailures.Create(TelephonyFailures.NumberAlreadyOwned);
        }

        var offer = await FindSmsOfferAsync(account.Credentials, number);
        if (offer.Failure is not null)
        {
            return offer;
        }

        var requirements = await getPurchaseRequirements.RunAsync(
            account.TenantId, account.Credentials, offer.Value.Country, offer.Value.Type, offer.Value.Number.AddressRequirement, ct);
        if ((requirements.Failure ?? requirements.Value.FindDocumentFailure(addressSid, bundleSid)) is { } missing)
        {
            return missing;
        }

        return await FindBalanceFailureAsync(account.Credentials, fetched.Value, requirements.Value.MonthlyPrice) is { } balanceFailure
            ? balanceFailure
            : offer;
    }

    private async Task<Result<NumberOffer>> FindSmsOfferAsync(ProviderCredentials account, string number)
    {
        var offer = await findNumberForSale.RunAsync(account, number);
        return offer.Failure is null && !offer.Value.Number.Capabilities.Sms
            ? TelephonyFailures.Create(TelephonyFailures.NumberWithoutSms)
            : offer;
    }

    /// <summary>
    /// A sub-account has no balance of its own, and some accounts may not read theirs: then only the purchase shows whether the balance is
    /// sufficient.
    /// </summary>
    private async Task<Failure?> FindBalanceFailureAsync(ProviderCredentials account, AccountInfo accountInfo, decimal? price)
    {
        if (accountInfo.IsSubAccount)
        {
            return null;
        }

        var balance = await provider.FetchBalanceAsync(account);
        if (balance.Failure is { } failure)
        {
            return failure.IsTransient || failure.HttpStatus == 401 ? TelephonyFailures.From(failure) : null;
        }

        return IsTooLow(balance.Value, price, accountInfo.IsTrial) ? TelephonyFailures.Create(ProviderReasons.BalanceTooLow) : null;
    }

    /// <summary>
    /// Whether the balance certainly does not pay for the number. Prices are in US dollars, so a balance in another currency only has to be
    /// positive. A full account that pays by invoice has a balance of zero or less: then only the purchase shows whether it is accepted.
    /// </summary>
    internal static bool IsTooLow(Money balance, decimal? price, bool isTrial) =>
        balance.Amount <= 0 ? isTrial : balance.Currency == "USD" && balance.Amount < price;
}
