using Relais.Accounts;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Numbers.Offers;

/// <summary>Asks the provider what a purchase needs, and what of it the account has.</summary>
internal sealed class GetPurchaseRequirements(TenantDb db, INumberProvider provider, TimeProvider time)
{
    /// <param name="addressRequirement">That of the number; null: not known, and no address is asked for.</param>
    public async Task<Result<PurchaseRequirements>> RunAsync(
        Guid tenantId, ProviderAccount account, string country, string type, string? addressRequirement, CancellationToken ct)
    {
        var regulations = await provider.ListRegulationsAsync(account, country, type);
        if (regulations.Failure is { } failure && ShouldFail(failure))
        {
            return TelephonyFailures.From(failure);
        }

        var rules = ValueOrEmpty(regulations);
        var addresses = addressRequirement is null or "none" ? new List<AddressRecord>() : await provider.ListAddressesAsync(account);
        if (addresses.Failure is { } noAddresses && ShouldFail(noAddresses))
        {
            return TelephonyFailures.From(noAddresses);
        }

        var needsBundle = PurchaseRequirements.NeedsBundle(rules);
        var bundles = needsBundle ? await provider.ListBundlesAsync(account, country, type) : new List<BundleRecord>();
        if (bundles.Failure is { } noBundles && ShouldFail(noBundles))
        {
            return TelephonyFailures.From(noBundles);
        }

        var price = await db.RunAsync(tenantId, tx => NumberPrices.FindAsync(tx, country, type, time.GetUtcNow(), ct), ct);
        return new PurchaseRequirements(
            country, type, addressRequirement,
            [.. PurchaseRequirements.FilterUsable(ValueOrEmpty(addresses), addressRequirement ?? "none", country).Select(one => new DocumentChoice(one.Sid, one.Name))],
            needsBundle,
            ValueOrEmpty(bundles).ConvertAll(one => new DocumentChoice(one.Sid, one.Name)),
            [.. rules.Where(rule => rule.RequiresDocuments).Select(rule => rule.Name)],
            price?.Amount)
        {
            AddressesKnown = addresses.Failure is null,
            BundlesKnown = bundles.Failure is null,
        };
    }

    /// <summary>Some accounts may not ask: then the purchase itself tells. What may be answered later, or says that nothing will be, is a failure.</summary>
    private static bool ShouldFail(ProviderFailure failure) => failure.IsTransient || failure.HttpStatus is 401 or 429;

    private static List<T> ValueOrEmpty<T>(ProviderResult<List<T>> asked) => asked.Failure is null ? asked.Value : [];
}
