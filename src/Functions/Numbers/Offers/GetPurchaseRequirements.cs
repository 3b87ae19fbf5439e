using System.Text.Json.Serialization;
using Relais.Accounts;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Numbers.Offers;

/// <summary>An address or bundle of the account, reduced to its SID and the name by which users choose it.</summary>
internal sealed record DocumentChoice(string Sid, string FriendlyName);

/// <summary>The documents that a purchase must name, the suitable documents of the account, and the price.</summary>
/// <param name="AddressRequirement">
/// none, any, local (in the number's country) or foreign (outside it); null if it depends on the number.
/// </param>
/// <param name="Addresses">Suitable addresses of the account; empty if no address is required.</param>
/// <param name="BundleRequired">The country requires documents from every kind of buyer.</param>
/// <param name="Bundles">Suitable approved bundles of the account; empty if no bundle is required.</param>
/// <param name="Regulations">The names of the regulations that require documents.</param>
/// <param name="MonthlyPrice">The list price in US dollars; null if it is not known.</param>
internal sealed record PurchaseRequirements(
    string Country,
    string Type,
    string? AddressRequirement,
    IReadOnlyList<DocumentChoice> Addresses,
    bool BundleRequired,
    IReadOnlyList<DocumentChoice> Bundles,
    IReadOnlyList<string> Regulations,
    decimal? MonthlyPrice)
{
    /// <summary>False: the account may not list its addresses, so only the purchase shows whether the address is accepted.</summary>
    [JsonIgnore]
    public bool AddressesListed { get; init; } = true;

    /// <summary>False: the account may not list its bundles, so only the purchase shows whether the bundle is accepted.</summary>
    [JsonIgnore]
    public bool BundlesListed { get; init; } = true;

    public bool AddressRequired => AddressRequirement is not (null or "none");

    /// <summary>Finds the first required document that the request does not name or that is not suitable. Pure.</summary>
    public Failure? FindDocumentFailure(string? addressSid, string? bundleSid)
    {
        if (AddressRequired && addressSid is null)
        {
            return MissingDocument(ProviderReasons.AddressRequired, "address_sid", "addresses", Addresses);
        }

        if (AddressRequired && AddressesListed && Addresses.All(address => address.Sid != addressSid))
        {
            return TelephonyFailures.Create(
                ProviderReasons.AddressNotAccepted,
                faults: FaultsWithChoices("address_sid", "is none of the addresses that would do", "addresses", Addresses));
        }

        if (BundleRequired && bundleSid is null)
        {
            return MissingDocument(ProviderReasons.BundleRequired, "bundle_sid", "bundles", Bundles);
        }

        return BundleRequired && BundlesListed && Bundles.All(bundle => bundle.Sid != bundleSid)
            ? TelephonyFailures.Create(
                TelephonyFailures.BundleNotAccepted,
                faults: FaultsWithChoices("bundle_sid", "is none of the approved bundles that would do", "bundles", Bundles))
            : null;
    }

    /// <summary>
    /// A country requires documents if each of its regulations does: otherwise the buyer can choose a regulation that requires none.
    /// </summary>
    public static bool NeedsBundle(IReadOnlyCollection<NumberRegulation> regulations) =>
        regulations.Count > 0 && regulations.All(regulation => regulation.RequiresDocuments);

    public static IEnumerable<AddressRecord> FilterUsable(
        IEnumerable<AddressRecord> addresses, string requirement, string country) => requirement switch
        {
            "local" => addresses.Where(address => address.Country == country),
            "foreign" => addresses.Where(address => address.Country != country),
            _ => addresses,
        };

    private static Failure MissingDocument(string code, string field, string list, IReadOnlyList<DocumentChoice> choices) =>
        TelephonyFailures.Create(code, faults: FaultsWithChoices(field, "is required", list, choices));

    /// <param name="list">The fault field that lists the suitable documents of the account.</param>
    private static Dictionary<string, string[]> FaultsWithChoices(
        string field, string fault, string list, IReadOnlyList<DocumentChoice> choices)
    {
        var faults = new Dictionary<string, string[]> { [field] = [fault] };
        if (choices.Count > 0)
        {
            faults.Add(list, [.. choices.Select(choice => $"{choice.Sid} {choice.FriendlyName}".TrimEnd())]);
        }

        return faults;
    }
}

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
