namespace Relais.Simulators;

/// <summary>A regulatory bundle of an account, for the purchase of numbers.</summary>
/// <param name="Sid">BU…</param>
/// <param name="AccountSid">account that owns the bundle</param>
public sealed record SimulatedBundle(string Sid, string AccountSid)
{
    public string FriendlyName { get; init; } = "Dossier";

    public string Email { get; init; } = "contact@example.org";

    public string IsoCountry { get; init; } = "FR";

    public NumberType NumberType { get; init; } = NumberType.Local;

    /// <summary>business or individual</summary>
    public string EndUserType { get; init; } = "business";

    /// <summary>draft, pending-review, in-review, twilio-rejected, twilio-approved, provisionally-approved</summary>
    public string Status { get; init; } = "twilio-approved";

    public DateTimeOffset? ValidUntil { get; init; }

    internal object Json => new
    {
        sid = Sid,
        account_sid = AccountSid,
        regulation_sid = Regulation.SidOf(IsoCountry, NumberType, EndUserType),
        friendly_name = FriendlyName,
        status = Status,
        valid_until = ValidUntil?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture),
        email = Email,
        status_callback = (string?)null,
        date_created = "2026-01-01T00:00:00Z",
        date_updated = "2026-01-01T00:00:00Z",
        url = $"https://numbers.twilio.com/v2/RegulatoryCompliance/Bundles/{Sid}",
        links = new { evaluations = $"https://numbers.twilio.com/v2/RegulatoryCompliance/Bundles/{Sid}/Evaluations" },
    };
}
