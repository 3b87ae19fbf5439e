using System.Text.Json.Serialization;
using Relais.Accounts;
using Relais.Channels;
using Relais.Platform;

namespace Relais.Numbers.Offers;

/// <summary>An address or bundle of the account: nothing of it but what people choose it by.</summary>
internal sealed record DocumentChoice(string Sid, string FriendlyName);

/// <summary>What a purchase must bring along.</summary>
/// <param name="AddressRequirement">none, any, local (in the number's country) or foreign (outside it); null where it depends on the number.</param>
/// <param name="Addresses">Addresses of the account that would do; empty where none is needed.</param>
/// <param name="BundleRequired">The country asks for papers, whoever buys.</param>
/// <param name="Bundles">Approved bundles that would do; empty where none is needed.</param>
/// <param name="Regulations">The rules that ask for papers, by name.</param>
/// <param name="MonthlyPrice">By the price list, in US dollars; null when it is not known.</param>
internal sealed record PurchaseRequirements(
    string Country, string Type, string? AddressRequirement, IReadOnlyList<DocumentChoice> Addresses, bool BundleRequired, IReadOnlyList<DocumentChoice> Bundles,
    IReadOnlyList<string> Regulations, decimal? MonthlyPrice)
{
    /// <summary>False: the account may not list them, and what is brought along is left to the purchase itself.</summary>
    [JsonIgnore]
    public bool AddressesKnown { get; init; } = true;

    [JsonIgnore]
    public bool BundlesKnown { get; init; } = true;

    public bool AddressRequired => AddressRequirement is not (null or "none");

    /// <summary>What the caller did not bring, or brought in vain. Pure.</summary>
    public Failure? FindMissing(string? addressSid, string? bundleSid)
    {
        if (AddressRequired && addressSid is null)
        {
            return Missing(TelephonyFailures.AddressRequired, "address_sid", "addresses", Addresses);
        }

        if (AddressRequired && AddressesKnown && Addresses.All(address => address.Sid != addressSid))
        {
            return TelephonyFailures.Create(TelephonyFailures.AddressNotAccepted, faults: Listed("address_sid", "is none of the addresses that would do", "addresses", Addresses));
        }

        if (BundleRequired && bundleSid is null)
        {
            return Missing(TelephonyFailures.BundleRequired, "bundle_sid", "bundles", Bundles);
        }

        return BundleRequired && BundlesKnown && Bundles.All(bundle => bundle.Sid != bundleSid)
            ? TelephonyFailures.Create(TelephonyFailures.BundleNotAccepted, faults: Listed("bundle_sid", "is none of the approved bundles that would do", "bundles", Bundles))
            : null;
    }

    /// <summary>A country asks for papers when each of its rules does: otherwise the buyer may choose the one that does not.</summary>
    public static bool NeedsBundle(IReadOnlyCollection<NumberRegulation> regulations) => regulations.Count > 0 && regulations.All(rule => rule.RequiresDocuments);

    public static IEnumerable<AddressRecord> FilterUsable(IEnumerable<AddressRecord> addresses, string requirement, string country) => requirement switch
    {
        "local" => addresses.Where(address => address.Country == country),
        "foreign" => addresses.Where(address => address.Country != country),
        _ => addresses,
    };

    private static Failure Missing(string code, string field, string list, IReadOnlyList<DocumentChoice> choices) =>
        TelephonyFailures.Create(code, faults: Listed(field, "is required", list, choices));

    private static Dictionary<string, string[]> Listed(string field, string fault, string list, IReadOnlyList<DocumentChoice> choices)
    {
        var faults = new Dictionary<string, string[]> { [field] = [fault] };
        if (choices.Count > 0)
        {
            faults.Add(list, [.. choices.Select(choice => $"{choice.Sid} {choice.FriendlyName}".TrimEnd())]);
        }

        return faults;
    }
}
