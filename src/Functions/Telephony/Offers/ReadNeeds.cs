using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Telephony.Offers;

/// <summary>Asks the provider what a purchase needs, and what of it the account has.</summary>
internal sealed class ReadNeeds(TenantDb db, INumberProvider provider, TimeProvider time)
{
    /// <param name="addressRequirement">That of the number; null: not known, and no address is asked for.</param>
    public async Task<Result<PurchaseNeeds>> RunAsync(
        Guid tenantId, ProviderAccount account, string country, string type, string? addressRequirement, CancellationToken ct)
    {
        var regulations = await provider.ListRegulationsAsync(account, country, type);
        if (regulations.Failure is { } failure && Forbids(failure))
        {
            return TelephonyErrors.Failure(failure);
        }

        var rules = Known(regulations);
        var addresses = addressRequirement is null or "none" ? new List<AddressRecord>() : await provider.ListAddressesAsync(account);
        if (addresses.Failure is { } noAddresses && Forbids(noAddresses))
        {
            return TelephonyErrors.Failure(noAddresses);
        }

        var needsBundle = PurchaseNeeds.NeedsBundle(rules);
        var bundles = needsBundle ? await provider.ListBundlesAsync(account, country, type) : new List<BundleRecord>();
        if (bundles.Failure is { } noBundles && Forbids(noBundles))
        {
            return TelephonyErrors.Failure(noBundles);
        }

        var price = await db.RunAsync(tenantId, tx => NumberPrices.FindAsync(tx, country, type, time.GetUtcNow(), ct), ct);
        return new PurchaseNeeds(
            country, type, addressRequirement,
            [.. PurchaseNeeds.Usable(Known(addresses), addressRequirement ?? "none", country).Select(one => new Choice(one.Sid, one.Name))],
            needsBundle,
            Known(bundles).ConvertAll(one => new Choice(one.Sid, one.Name)),
            [.. rules.Where(rule => rule.NeedsPapers).Select(rule => rule.Name)],
            price?.Amount)
        {
            AddressesKnown = addresses.Failure is null,
            BundlesKnown = bundles.Failure is null,
        };
    }

    /// <summary>Some accounts may not ask: then the purchase itself tells. What may be answered later, or says that nothing will be, is a failure.</summary>
    private static bool Forbids(ProviderFailure failure) => failure.IsTransient || failure.HttpStatus is 401 or 429;

    private static List<T> Known<T>(ProviderResult<List<T>> asked) => asked.Failure is null ? asked.Value : [];
}
