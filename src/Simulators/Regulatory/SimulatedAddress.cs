namespace Relais.Simulators;

/// <summary>An address of an account, for the purchase of numbers.</summary>
/// <param name="Sid">AD…</param>
/// <param name="AccountSid">account that owns the address</param>
public sealed record SimulatedAddress(string Sid, string AccountSid)
{
    public string CustomerName { get; init; } = "Clinique";

    public string FriendlyName { get; init; } = "";

    public string Street { get; init; } = "1 rue Principale";

    public string City { get; init; } = "Montréal";

    public string Region { get; init; } = "QC";

    public string PostalCode { get; init; } = "H2X 1Y4";

    public string IsoCountry { get; init; } = "CA";

    /// <summary>Whether Twilio has validated the address. A number that needs an address is refused with 21629 otherwise.</summary>
    public bool Validated { get; init; } = true;

    public bool Verified { get; init; }

    internal object Json => new
    {
        sid = Sid,
        account_sid = AccountSid,
        customer_name = CustomerName,
        friendly_name = FriendlyName,
        street = Street,
        street_secondary = (string?)null,
        city = City,
        region = Region,
        postal_code = PostalCode,
        iso_country = IsoCountry,
        emergency_enabled = false,
        validated = Validated,
        verified = Verified,
        date_created = "Thu, 01 Jan 2026 00:00:00 +0000",
        date_updated = "Thu, 01 Jan 2026 00:00:00 +0000",
        uri = $"/2010-04-01/Accounts/{AccountSid}/Addresses/{Sid}.json",
    };
}
