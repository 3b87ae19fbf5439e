using System.Collections.Concurrent;

namespace Relais.Simulators;

/// <summary>The addresses and bundles of the accounts, and whether they satisfy what a number asks for.</summary>
internal sealed class RegulatoryRecords
{
    private readonly ConcurrentDictionary<string, SimulatedAddress> _addresses = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SimulatedBundle> _bundles = new(StringComparer.Ordinal);

    public void Add(SimulatedAddress address) => _addresses[address.Sid] = address;

    public void Add(SimulatedBundle bundle) => _bundles[bundle.Sid] = bundle;

    public IReadOnlyList<SimulatedAddress> AddressesOf(string accountSid) =>
        [.. _addresses.Values.Where(address => address.AccountSid == accountSid).OrderBy(address => address.Sid, StringComparer.Ordinal)];

    public IReadOnlyList<SimulatedBundle> BundlesOf(string accountSid) =>
        [.. _bundles.Values.Where(bundle => bundle.AccountSid == accountSid).OrderBy(bundle => bundle.Sid, StringComparer.Ordinal)];

    /// <summary>Why the number cannot be bought with what the account has shown; null when it can.</summary>
    public TwilioFault? Refusal(NumberBlock block, SimulatedNumber wanted) => Address(block, wanted) ?? Bundle(block, wanted) ?? Identity(block, wanted);

    private TwilioFault? Address(NumberBlock block, SimulatedNumber wanted)
    {
        if (wanted.AddressSid is not { } sid)
        {
            return block.Address == AddressRequirement.None ? null : TwilioFault.BadRequest(21631, $"Phone Number Requires an Address but the 'AddressSid' parameter was empty.");
        }

        if (AddressesOf(wanted.AccountSid).FirstOrDefault(one => one.Sid == sid) is not { } address)
        {
            return TwilioFault.BadRequest(21628, $"Address {sid} is invalid");
        }

        return block.Address switch
        {
            not AddressRequirement.None when !address.Validated => TwilioFault.BadRequest(21629, $"Address {sid} has not been validated"),
            AddressRequirement.Local when address.IsoCountry != block.Country => TwilioFault.BadRequest(21615, $"Phone Number Requires a Local Address in {block.Country}"),
            AddressRequirement.Foreign when address.IsoCountry == block.Country => TwilioFault.BadRequest(21651, $"Address {sid} does not satisfy the regulation"),
            _ => null,
        };
    }

    private TwilioFault? Bundle(NumberBlock block, SimulatedNumber wanted)
    {
        if (!block.NeedsBundle)
        {
            return null;
        }

        if (wanted.BundleSid is not { } sid)
        {
            return TwilioFault.BadRequest(21649, $"Bundle required. Phone numbers of {block.Country} of type {block.Type.Wire()} need an approved bundle");
        }

        return BundlesOf(wanted.AccountSid).FirstOrDefault(one => one.Sid == sid) switch
        {
            null => TwilioFault.BadRequest(21651, $"Bundle {sid} does not exist"),
            var bundle when bundle.IsoCountry != block.Country || bundle.NumberType != block.Type => TwilioFault.BadRequest(21651, $"Bundle {sid} is for another country or type"),
            { Status: "twilio-approved" or "provisionally-approved" } => null,
            var bundle => TwilioFault.BadRequest(21649, $"Bundle {sid} is {bundle.Status}, not approved"),
        };
    }

    private static TwilioFault? Identity(NumberBlock block, SimulatedNumber wanted) =>
        block.NeedsIdentity && wanted.IdentitySid is null ? TwilioFault.BadRequest(21650, "A verified identity document is required") : null;
}
