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
        if (regulations.Failure is { IsMissing: false } failure)
        {
            return TelephonyErrors.Failure(failure);
        }

        var rules = regulations.Failure is null ? regulations.Value : [];
        var addresses = addressRequirement is null or "none" ? new List<KnownAddress>() : await provider.ListAddressesAsync(account);
        if (addresses.Failure is { } noAddresses)
        {
            return TelephonyErrors.Failure(noAddresses);
        }

        var needsBundle = PurchaseNeeds.NeedsBundle(rules);
        var bundles = needsBundle ? await provider.ListBundlesAsync(account, country, type) : new List<KnownBundle>();
        if (bundles.Failure is { } noBundles)
        {
            return TelephonyErrors.Failure(noBundles);
        }

        var price = await db.RunAsync(tenantId, tx => NumberPrices.FindAsync(tx, country, type, time.GetUtcNow(), ct), ct);
        return new PurchaseNeeds(
            country, type, addressRequirement,
            [.. PurchaseNeeds.Usable(addresses.Value, addressRequirement ?? "none", country).Select(one => new Choice(one.Sid, one.Name))],
            needsBundle,
            bundles.Value.ConvertAll(one => new Choice(one.Sid, one.Name)),
            [.. rules.Where(rule => rule.NeedsPapers).Select(rule => rule.Name)],
            price?.Amount);
    }
}
