namespace Relais.Contacts;

/// <summary>
/// France and its overseas departments dial each other like one country, though they have calling codes of their own: 0692 12 34 56 is
/// +262 692 12 34 56 of Réunion wherever it is dialled. The library knows each of them alone, and has numbers of the others among those
/// of France. Pure.
/// </summary>
internal static class FrenchPlan
{
    private const string France = "33";
    private const string SaintPierre = "508";

    private static readonly Dictionary<string, string> CallingCodes = new(StringComparer.Ordinal)
    {
        ["FR"] = France,
        ["GP"] = "590",
        ["BL"] = "590",
        ["MF"] = "590",
        ["GF"] = "594",
        ["MQ"] = "596",
        ["RE"] = "262",
        ["YT"] = "262",
        ["PM"] = SaintPierre,
    };

    private static readonly string[] Overseas = [.. CallingCodes.Values.Distinct().Where(code => code != France)];

    // of them, what the overseas departments do not use is nobody's
    private static readonly string[] OverseasPrefixes = ["262", "263", "268", "269", "508", "590", "594", "596"];

    public static bool Includes(string country) => CallingCodes.ContainsKey(country);

    /// <summary>The nine digits of the shared plan, which may follow its trunk 0; null when these digits are no such number.</summary>
    public static string? ReadNational(string digits) =>
        digits.Length == 10 && digits[0] == '0' && digits[1] != '0' ? digits[1..] : digits.Length == 9 && digits[0] != '0' ? digits : null;

    /// <param name="national">Nine digits.</param>
    /// <returns>The readings that are valid, of which there should be one; none when there is no such number.</returns>
    public static IReadOnlyList<PlannedNumber> Read(string national, string country)
    {
        var own = WithCallingCode(CallingCodes[country], national);
        // freephone and premium numbers are the same in all of them
        if (national[0] == '8')
        {
            return Valid(own, WithCallingCode(France, national)).Take(1).ToList();
        }

        var overseas = Valid([.. Overseas.Select(code => WithCallingCode(code, national))]).ToList();
        return overseas.Count == 1 ? overseas
            : overseas.Count > 1 ? (own.IsValid && country != "FR" ? [own] : overseas)
            : OverseasPrefixes.Any(prefix => national.StartsWith(prefix, StringComparison.Ordinal)) ? []
            : Valid(WithCallingCode(France, national)).ToList();
    }

    /// <summary>Numbers of the overseas departments are also written with the +33 of France. Null when this is none.</summary>
    public static IReadOnlyList<PlannedNumber>? ReadWithFrenchCode(string digits) =>
        digits.StartsWith(France, StringComparison.Ordinal)
        && ReadNational(digits[France.Length..]) is { } national && national[0] is not ('8' or '9')
            ? Read(national, "FR")
            : null;

    /// <summary>Saint-Pierre has six digits after its calling code, which is also how its numbers begin in the shared plan.</summary>
    private static PlannedNumber WithCallingCode(string code, string national) =>
        code == SaintPierre && national.StartsWith(SaintPierre, StringComparison.Ordinal)
            ? PlannedNumber.International(national)
            : PlannedNumber.International(code + national);

    private static IEnumerable<PlannedNumber> Valid(params PlannedNumber[] numbers) =>
        numbers.Where(number => number.IsValid).DistinctBy(number => number.E164);
}
