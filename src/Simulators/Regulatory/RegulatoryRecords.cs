using System.Collections.Concurrent;

namespace Relais.Simulators;

/// <summary>Stores the addresses and bundles of the accounts, and checks them against the requirements of a number.</summary>
internal sealed class RegulatoryRecords
{
    private readonly ConcurrentDictionary<string, SimulatedAddress> addresses = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SimulatedBundle> bundles = new(StringComparer.Ordinal);

    public void Add(SimulatedAddress address) => addresses[address.Sid] = address;

    public void Add(SimulatedBundle bundle) => bundles[bundle.Sid] = bundle;

    public IReadOnlyList<SimulatedAddress> AddressesOf(string accountSid) =>
        [.. addresses.Values.Where(address => address.AccountSid == accountSid).OrderBy(address => address.Sid, StringComparer.Ordinal)];

    public IReadOnlyList<SimulatedBundle> BundlesOf(string accountSid) =>
        [.. bundles.Values.Where(bundle => bundle.AccountSid == accountSid).OrderBy(bundle => bundle.Sid, StringComparer.Ordinal)];

    /// <summary>Returns the requirement that the purchase of a number does not meet; null when it meets all of them.</summary>
    public TwilioFault? Refusal(NumberBlock block, SimulatedNumber number) =>
        CheckAddress(block, number) ?? CheckBundle(block, number) ?? CheckIdentity(block, number);

    private TwilioFault? CheckAddress(NumberBlock block, SimulatedNumber number)
    {
        if (number.AddressSid is not { } sid)
        {
            return block.Address == AddressRequirement.None
                ? null
                : TwilioFault.BadRequest(21631, $"Phone Number Requires an Address but the 'AddressSid' parameter was empty.");
        }

        if (AddressesOf(number.AccountSid).FirstOrDefault(candidate => candidate.Sid == sid) is not { } address)
        {
            return TwilioFault.BadRequest(21628, $"Address {sid} is invalid");
        }

        return block.Address switch
        {
            not AddressRequirement.None when !address.Validated =>
                TwilioFault.BadRequest(21629, $"Address {sid} has not been validated"),
            AddressRequirement.Local when address.IsoCountry != block.Country =>
                TwilioFault.BadRequest(21615, $"Phone Number Requires a Local Address in {block.Country}"),
            AddressRequirement.Foreign when address.IsoCountry == block.Country =>
                TwilioFault.BadRequest(21651, $"Address {sid} does not satisfy the regulation"),
            _ => null,
        };
    }

    private TwilioFault? CheckBundle(NumberBlock block, SimulatedNumber number)
    {
        if (!block.NeedsBundle)
        {
            return null;
        }

        if (number.BundleSid is not { } sid)
        {
            return TwilioFault.BadRequest(
                21649, $"Bundle required. Phone numbers of {block.Country} of type {block.Type.Wire()} need an approved bundle");
        }

        return BundlesOf(number.AccountSid).FirstOrDefault(candidate => candidate.Sid == sid) switch
        {
            null => TwilioFault.BadRequest(21651, $"Bundle {sid} does not exist"),
            var bundle when bundle.IsoCountry != block.Country || bundle.NumberType != block.Type =>
                TwilioFault.BadRequest(21651, $"Bundle {sid} is for another country or type"),
            { Status: "twilio-approved" or "provisionally-approved" } => null,
            var bundle => TwilioFault.BadRequest(21649, $"Bundle {sid} is {bundle.Status}, not approved"),
        };
    }

    private static TwilioFault? CheckIdentity(NumberBlock block, SimulatedNumber number) =>
        block.NeedsIdentity && number.IdentitySid is null
            ? TwilioFault.BadRequest(21650, "A verified identity document is required")
            : null;
}
