using System.Text.RegularExpressions;

namespace Relais.Contacts;

/// <summary>How a country writes its numbers.</summary>
/// <param name="Trunk">Dialled before the national number inside the country, never from outside.</param>
/// <param name="Number">The national number without it.</param>
internal sealed record NationalNumbers(string Country, string CallingCode, string Trunk, Regex Number)
{
    private static readonly NationalNumbers[] Known =
    [
        Of("GN", "224", "", "3[0-9]{7}|[67][0-9]{8}"),
        Of("SN", "221", "", "[3-9][0-9]{8}"),
        Of("CI", "225", "", "[02][0-9]{9}"),
        Of("ML", "223", "", "[2-9][0-9]{7}"),
        Of("BF", "226", "", "[0-7][0-9]{7}"),
        Of("NE", "227", "", "[0-9]{8}"),
        Of("TG", "228", "", "[279][0-9]{7}"),
        Of("BJ", "229", "", "01[0-9]{8}"),
        Of("MR", "222", "", "[2-9][0-9]{7}"),
        Of("GM", "220", "", "[2-9][0-9]{6}"),
        Of("GW", "245", "", "[49][0-9]{8}"),
        Of("SL", "232", "0", "[2-9][0-9]{7}"),
        Of("GH", "233", "0", "[235][0-9]{8}"),
        Of("CM", "237", "", "[26][0-9]{8}"),
        Of("CG", "242", "", "[026][0-9]{8}"),
        Of("CD", "243", "0", "[189][0-9]{8}|[1-6][0-9]{6}"),
        Of("MG", "261", "0", "[23][0-9]{8}"),
        Of("MA", "212", "0", "[5-8][0-9]{8}"),
        Of("DZ", "213", "0", "[1-4][0-9]{7}|[5-79][0-9]{8}"),
        Of("TN", "216", "", "[2-9][0-9]{7}"),
        Of("FR", "33", "0", "[1-9][0-9]{8}"),
        Of("BE", "32", "0", "[1-9][0-9]{7}|4[0-9]{8}"),
        Of("CH", "41", "0", "[1-9][0-9]{8}"),
        Of("LU", "352", "", "[2-9][0-9]{4,10}"),
        Of("DE", "49", "0", "[1-9][0-9]{5,12}"),
        Of("GB", "44", "0", "[1-9][0-9]{8,9}"),
        Of("ES", "34", "", "[5-9][0-9]{8}"),
        Of("PT", "351", "", "[2-9][0-9]{8}"),
        Of("NL", "31", "0", "[1-9][0-9]{8}"),
        Of("CA", "1", "1", "[2-9][0-9]{2}[2-9][0-9]{6}"),
        Of("US", "1", "1", "[2-9][0-9]{2}[2-9][0-9]{6}"),
    ];

    public static NationalNumbers? OfCountry(string country) => Known.FirstOrDefault(numbers => numbers.Country == country);

    /// <summary>The country of an international number without its plus sign; no calling code begins with another.</summary>
    public static NationalNumbers? OfNumber(string digits) =>
        Known.FirstOrDefault(numbers => digits.StartsWith(numbers.CallingCode, StringComparison.Ordinal));

    /// <summary>E.164 for a national number with or without its trunk prefix; null when it is none.</summary>
    public string? ToE164(string digits) =>
        Number.IsMatch(digits) ? $"+{CallingCode}{digits}"
        : Trunk.Length > 0 && digits.StartsWith(Trunk, StringComparison.Ordinal) && Number.IsMatch(digits[Trunk.Length..]) ? $"+{CallingCode}{digits[Trunk.Length..]}"
        : null;

    private static NationalNumbers Of(string country, string callingCode, string trunk, string number) =>
        new(country, callingCode, trunk, new Regex($@"^(?:{number})\z", RegexOptions.CultureInvariant));
}
