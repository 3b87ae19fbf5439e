using Relais.Channels;
using Relais.Platform;
using Relais.Accounts;

namespace Relais.Numbers.Offers;

/// <summary>Everything that can be known to stand against a purchase, before anything is bought.</summary>
internal sealed class CheckPurchase(INumberProvider provider, FindNumberForSale finder, GetPurchaseRequirements needs)
{
    /// <returns>Where the number belongs.</returns>
    public async Task<Result<NumberOffer>> RunAsync(TenantAccount account, string number, string? addressSid, string? bundleSid, CancellationToken ct)
    {
        var facts = await provider.FetchAccountAsync(account.Provider);
        if (AccountStatePolicy.FindFailure(facts) is { } unusable)
        {
            return unusable;
        }

        var held = await provider.ListAsync(account.Provider, number);
        if (held.Failure is { } unknown)
        {
            return TelephonyFailures.From(unknown);
        }

        if (held.Value.Count > 0)
        {
            return TelephonyFailures.Create(TelephonyFailures.NumberAlreadyOwned);
        }

        var offer = await finder.RunAsync(account.Provider, number);
        if (offer.Failure is not null)
        {
            return offer;
        }

        if (!offer.Value.Number.Capabilities.Sms)
        {
            return TelephonyFailures.Create(TelephonyFailures.NumberWithoutSms);
        }

        var needed = await needs.RunAsync(account.TenantId, account.Provider, offer.Value.Country, offer.Value.Type, offer.Value.Number.AddressRequirement, ct);
        if ((needed.Failure ?? needed.Value.FindMissing(addressSid, bundleSid)) is { } missing)
        {
            return missing;
        }

        return await BalanceFailureAsync(account.Provider, facts.Value, needed.Value.MonthlyPrice) is { } poor ? poor : offer;
    }

    /// <summary>A sub-account has no balance, and some accounts are not told theirs: the purchase itself tells.</summary>
    private async Task<Failure?> BalanceFailureAsync(ProviderAccount account, AccountInfo facts, decimal? price)
    {
        if (facts.IsSubAccount)
        {
            return null;
        }

        var balance = await provider.FetchBalanceAsync(account);
        return balance.Failure is { } failure ? failure.IsTransient || failure.HttpStatus == 401 ? TelephonyFailures.From(failure) : null
            : IsTooLow(balance.Value, price, facts.IsTrial) ? TelephonyFailures.Create(TelephonyFailures.BalanceTooLow)
            : null;
    }

    /// <summary>
    /// The price list is in US dollars; a balance in another currency is only asked to be there. An account that pays by invoice has none or a negative
    /// one: the purchase itself tells.
    /// </summary>
    internal static bool IsTooLow(Money balance, decimal? price, bool isTrial) =>
        balance.Amount <= 0 ? isTrial : balance.Currency == "USD" && balance.Amount < price;
}
