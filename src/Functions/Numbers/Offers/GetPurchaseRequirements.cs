using Relais.Accounts;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Numbers.Offers;

/// <summary>Reads the requirements of a purchase from the provider, with the suitable addresses and bundles of the account.</summary>
internal sealed class GetPurchaseRequirements(TenantDb db, INumberProvider provider, TimeProvider time)
{
    /// <param name="addressRequirement">The number's requirement; null: it is not known, and the addresses are not read.</param>
    public async Task<Result<PurchaseRequirements>> RunAsync(
        Guid tenantId, ProviderCredentials account, string country, string type, string? addressRequirement, CancellationToken ct)
    {
        var regulations = await provider.ListRegulationsAsync(account, country, type);
        if (regulations.Failure is { } failure && ShouldFail(failure))
        {
            return TelephonyFailures.From(failure);
        }

        var rules = ValueOrEmpty(regulations);
        var addresses = addressRequirement is null or "none" ? new List<AddressRecord>() : await provider.ListAddressesAsync(account);
        if (addresses.Failure is { } addressFailure && ShouldFail(addressFailure))
        {
            return TelephonyFailures.From(addressFailure);
        }

        var needsBundle = PurchaseRequirements.NeedsBundle(rules);
        var bundles = needsBundle ? await provider.ListBundlesAsync(account, country, type) : new List<BundleRecord>();
        if (bundles.Failure is { } bundleFailure && ShouldFail(bundleFailure))
        {
            return TelephonyFailures.From(bundleFailure);
        }

        var price = await db.RunAsync(tenantId, tx => NumberPrices.FindAsync(tx, country, type, time.GetUtcNow(), ct), ct);
        var usableAddresses = PurchaseRequirements.FilterUsable(ValueOrEmpty(addresses), addressRequirement ?? "none", country);
        return new PurchaseRequirements(
            country, type, addressRequirement,
            [.. usableAddresses.Select(address => new DocumentChoice(address.Sid, address.Name))],
            needsBundle,
            ValueOrEmpty(bundles).ConvertAll(bundle => new DocumentChoice(bundle.Sid, bundle.Name)),
            [.. rules.Where(rule => rule.RequiresDocuments).Select(rule => rule.Name)],
            price?.Amount)
        {
            AddressesListed = addresses.Failure is null,
            BundlesListed = bundles.Failure is null,
        };
    }

    /// <summary>
    /// Some accounts may not read these lists (403): then only the purchase shows whether its documents are accepted. A transient failure,
    /// a rate limit and rejected credentials end the request instead.
    /// </summary>
    private static bool ShouldFail(ProviderFailure failure) => failure.IsTransient || failure.HttpStatus is 401 or 429;

    private static List<T> ValueOrEmpty<T>(ProviderResult<List<T>> result) => result.Failure is null ? result.Value : [];
}
