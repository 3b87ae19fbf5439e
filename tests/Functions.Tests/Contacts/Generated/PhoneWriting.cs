using System.Globalization;

namespace Functions.Tests.Contacts.Generated;

/// <summary>The text of a phone cell and the expected result of reading it.</summary>
/// <param name="Number">The expected number in E.164; null if the cell is faulty or empty.</param>
/// <param name="Fault">The expected fault of the row if no other cell has a number; null for an empty cell.</param>
internal sealed record PhoneCell(string Text, string? Number, string? Fault = null, string? Warning = null);

/// <summary>Writes a mobile number in the formats of people, spreadsheets and other programs.</summary>
internal sealed record PhoneWriting(NumberPlan Plan, string National)
{
    private static readonly string[] FrenchPlan = ["FR", "RE"];

    public string E164 => $"+{Plan.Code}{National}";

    public static PhoneWriting New(SeededChance chance, NumberPlan plan) => new(plan, plan.NewNational(chance));

    /// <param name="country">The country of the tenant, which decides how national numbers are read.</param>
    /// <param name="fits">Returns whether the encoding of the file contains these characters.</param>
    public PhoneCell Write(SeededChance chance, string country, Func<string, bool> fits)
    {
        for (var attempt = 0; attempt < 20; attempt++)
        {
            var text = Decorated(
                chance, IsDomestic(country) && !chance.OneIn(3) ? Domestic(chance, country) : International(chance, country));
            if (fits(text))
            {
                return new PhoneCell(text, E164);
            }
        }

        return new PhoneCell(E164, E164);
    }

    private bool IsDomestic(string country) => Plan.Country == country || (Plan.Code == "1" && country is "US" or "CA")
        || (FrenchPlan.Contains(Plan.Country) && FrenchPlan.Contains(country));

    private string International(SeededChance chance, string country)
    {
        var separator = Separator(chance);
        var grouped = Grouped(chance, National, separator);
        var forms = new List<string>
        {
            E164, E164, $"+{Plan.Code}{separator}{grouped}", $"(+{Plan.Code}) {grouped}", $"+ {Plan.Code} {National}",
            $"+00{Plan.Code}{National}",
            $"tel:{E164}", $"whatsapp:{E164}", $"p:{E164}", $"Tél. : {E164}", $"=\"{E164}\"", $"'{E164}", $"“{E164}”", $"{E164}.0",
            $"{E164} ::: +224 620 99 99 99", $"inconnu ::: {E164}", $"\u202a{E164}\u202c", FullWidth(E164),
            OtherDigits(E164, chance.Of('٠', '۰', '०')),
        };
        if (Plan.Trunk == "0")
        {
            forms.AddRange([$"+{Plan.Code} (0){National}", $"+{Plan.Code} 0{National}"]);
        }

        if (Plan.Country == "MX")
        {
            forms.AddRange([$"+521{National}", $"+52 1 {grouped}"]);
        }

        // In Brazil, the digits after 00 may also be a national number.
        if (country != "BR")
        {
            forms.AddRange([$"00{Plan.Code}{National}", $"00{Plan.Code} {grouped}", $"(00{Plan.Code}) {grouped}"]);
        }

        if (country is "US" or "CA")
        {
            forms.AddRange([$"011{Plan.Code}{National}", $"011 {Plan.Code} {grouped}"]);
        }

        return chance.Of(forms);
    }

    private string Domestic(SeededChance chance, string country)
    {
        var dialled = Plan.Trunk + National;
        var separator = Separator(chance);
        var forms = new List<string>
        {
            dialled, Grouped(chance, dialled, separator), Grouped(chance, dialled, separator), $"=\"{dialled}\"", $"'{dialled}",
            $"tel:{dialled}",
            $"Mobile : {dialled}", FullWidth(dialled), OtherDigits(dialled, '٠'), $"{dialled};",
        };
        if (Plan.Trunk.Length == 0 || Plan.MayLoseTrunk)
        {
            forms.AddRange([National, $"{National}.0", $"{National},00", Grouped(chance, National, separator)]);
        }

        if (Plan.Country is "CI" or "BJ")
        {
            // Spreadsheets also drop the leading zero that is part of the number.
            forms.AddRange([National[1..], $"{National[1..]}.0"]);
        }

        if (Plan.Code == "1")
        {
            var (area, exchange, line) = (National[..3], National[3..6], National[6..]);
            forms.AddRange([$"({area}) {exchange}-{line}", $"1-{area}-{exchange}-{line}", $"{area}.{exchange}.{line}"]);
        }

        if (Plan.MayLosePlus && Plan.Country == country)
        {
            forms.AddRange([$"{Plan.Code}{National}", $"({Plan.Code}) {Grouped(chance, National, separator)}", $"{Plan.Code}{National}.0"]);
        }

        return chance.Of(forms);
    }

    private static string Decorated(SeededChance chance, string text) => chance.Below(12) switch
    {
        0 => $" {text}",
        1 => $"{text}  ",
        2 => $"\u00a0{text}\u00a0",
        _ => text,
    };

    /// <summary>Returns a slash only for Guinea. In countries with numbers of several lengths, a slash may start a second number.</summary>
    private string Separator(SeededChance chance) =>
        Plan.Country == "GN" && chance.OneIn(8) ? "/" : chance.Of(" ", " ", ".", "-", "\u00a0", "\u202f", "\u2011");

    /// <summary>Writes the digits in groups of two, three or four, starting on the left.</summary>
    private static string Grouped(SeededChance chance, string digits, string separator) =>
        string.Join(separator, digits.Chunk(chance.Of(2, 2, 3, 4)).Select(group => new string(group)));

    private static string OtherDigits(string text, char zero) =>
        string.Concat(text.Select(character => char.IsAsciiDigit(character) ? (char)(zero + character - '0') : character));

    private static string FullWidth(string text) =>
        string.Concat(text.Select(character => character is > ' ' and <= '~' ? (char)(character + 0xFEE0) : character));

    /// <summary>Creates a cell that must not be read as a number.</summary>
    public static PhoneCell Faulty(SeededChance chance, PhoneWriting number, PhoneWriting other) => chance.Below(16) switch
    {
        0 => new("inconnu", null, "phone_not_a_number"),
        1 => new("-", null, "phone_not_a_number"),
        2 => new("#N/A", null, "phone_not_a_number"),
        3 => new("2,24620E+11", null, "phone_scientific"),
        4 => new("3.36123E+10", null, "phone_scientific"),
        5 => new(
            $"{double.Parse($"{number.Plan.Code}{number.National}", CultureInfo.InvariantCulture):0.#####E+00}", null, "phone_scientific"),
        6 => new("+224 62", null, "phone_too_short"),
        7 => new("+22462000000123", null, "phone_too_long"),
        8 => new("+0123456789", null, "phone_invalid"),
        9 => new($"+{number.E164}", null, "phone_not_a_number"),
        10 => new($"{number.E164} / {other.E164}", null, "phone_not_a_number"),
        11 => new($"{number.E164} ou {other.E164}", null, "phone_not_a_number"),
        12 => new($"{number.E164} poste 12", null, "phone_not_a_number"),
        13 => new($"{number.E164[..5]}\0{number.E164[5..]}", null, "phone_not_a_number"),
        14 => new($"{number.E164[..5]}\u0002{number.E164[5..]}", null, "phone_not_a_number"),
        _ => new(chance.Of("+", "()", "****"), null, "phone_not_a_number"),
    };
}
