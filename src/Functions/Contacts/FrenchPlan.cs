namespace Relais.Contacts;

/// <summary>
/// Reads national numbers of France and its overseas departments. They share one dialling plan, although they have different calling codes:
/// 0692 12 34 56 is +262 692 12 34 56 (Réunion) wherever in the plan it is dialled. libphonenumber has separate plans for them, and reads
/// some overseas numbers as French ones.
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

    // These prefixes belong to the overseas departments. A number with one of them that is not valid there is not valid in France either.
    private static readonly string[] OverseasPrefixes = ["262", "263", "268", "269", "508", "590", "594", "596"];

    public static bool Includes(string country) => CallingCodes.ContainsKey(country);

    /// <summary>Removes the trunk 0 of a national number in the shared plan.</summary>
    /// <returns>The nine digits of the number; null when the digits are not such a number.</returns>
    public static string? ReadNational(string digits) =>
        digits.Length == 10 && digits[0] == '0' && digits[1] != '0' ? digits[1..] : digits.Length == 9 && digits[0] != '0' ? digits : null;

    /// <param name="national">The nine digits, without the trunk 0.</param>
    /// <returns>The valid readings: several when the number is ambiguous, none when there is no such number.</returns>
    public static IReadOnlyList<NumberReading> Read(string national, string country)
    {
        var own = WithCallingCode(CallingCodes[country], national);
        // Freephone and premium numbers are the same in the whole plan.
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

    /// <summary>Reads a number with the calling code 33 of France, with which overseas numbers are also written.</summary>
    /// <returns>The valid readings; null when the digits are not 33 and a national number.</returns>
    public static IReadOnlyList<NumberReading>? ReadWithFrenchCode(string digits) =>
        digits.StartsWith(France, StringComparison.Ordinal)
        && ReadNational(digits[France.Length..]) is { } national && national[0] is not ('8' or '9')
            ? Read(national, "FR")
            : null;

    /// <summary>
    /// Prepends the calling code. In the shared plan, numbers of Saint-Pierre already begin with 508, their calling code, so that it is not
    /// prepended again.
    /// </summary>
    private static NumberReading WithCallingCode(string code, string national) =>
        code == SaintPierre && national.StartsWith(SaintPierre, StringComparison.Ordinal)
            ? NumberReading.International(national)
            : NumberReading.International(code + national);

    private static IEnumerable<NumberReading> Valid(params NumberReading[] numbers) =>
        numbers.Where(number => number.IsValid).DistinctBy(number => number.E164);
}
