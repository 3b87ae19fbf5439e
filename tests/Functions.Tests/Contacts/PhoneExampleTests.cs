using System.Globalization;
using System.Text;
using PhoneNumbers;
using Relais.Contacts;
using Xunit.Abstractions;

namespace Functions.Tests.Contacts;

/// <summary>
/// Reads the example numbers that the phone number library ships for every region and type, in the formats that people and
/// programs use.
/// </summary>
public sealed class PhoneExampleTests(ITestOutputHelper output)
{
    private static readonly PhoneNumberUtil Plans = PhoneNumberUtil.GetInstance();

    private static readonly string[] Tenants = ["GN", "RE", "US", "BR", "XX"];

    // The example numbers that are refused, with the fault. No other example number may be refused or read as another number.
    private static readonly (string Forms, string Fault, string Regions)[] Refused =
    [
        // +98 9601 has six digits; a number needs at least seven.
        ("", "phone_too_short", "IR"),
        // The library does not remove a trunk 0 after the calling code of Colombian mobile numbers.
        ("+ trunk", "phone_invalid", "CO"),
        // The same digits are also a national number without its trunk prefix.
        ("code", "phone_ambiguous", "BR DE ID NL SE VN XK"),
        // The same digits are also a local number without its area code.
        ("significant", "phone_ambiguous", "BD BG CD CU DE DZ HR IE IL IQ KH KP KR LB MM NA RS SE XK YE"),
    ];

    private sealed record Example(
        string Region, string Type, string E164, string Code, string National, string AsDialled, string International, string? Idd,
        string? Trunk)
    {
        public string Digits => E164[1..];
    }

    [Fact]
    public void FieldTrial_F09_Every_example_number_is_read_correctly_or_refused_with_a_known_fault()
    {
        var (readings, refused, faults) = (0, new SortedDictionary<string, int>(StringComparer.Ordinal), new List<string>());
        foreach (var example in Examples())
        {
            foreach (var (form, text) in DomesticForms(example).Concat(InternationalForms(example)))
            {
                var reading = PhoneReading.Parse(text, example.Region);
                readings++;
                if (reading.Number is null && ReasonFor(form, reading.Fault!, example.Region) is { } reason)
                {
                    refused[reason] = refused.GetValueOrDefault(reason) + 1;
                }
                else if (reading != new PhoneReading(example.E164, null))
                {
                    faults.Add($"{example.Region} {example.Type} {form}: {text} of {example.E164} became {reading}");
                }
            }
        }

        output.WriteLine(
            $"{readings} readings, {refused.Values.Sum()} refused: " +
            $"{string.Join(", ", refused.Select(entry => $"{entry.Value} {entry.Key}"))}");
        Assert.True(faults.Count == 0, $"{faults.Count} of {readings}:\n{string.Join('\n', faults.Take(100))}");
        Assert.Equal(Refused.Sum(entry => entry.Regions.Split(' ').Length), refused.Count);
        Assert.True(refused.Values.Sum() < readings / 100);
    }

    [Fact]
    public void FieldTrial_F09_A_number_with_a_plus_sign_does_not_depend_on_the_tenant()
    {
        foreach (var example in Examples())
        {
            foreach (var (form, text) in InternationalForms(example))
            {
                var expected = PhoneReading.Parse(text, example.Region);
                Assert.All(Tenants, tenant => Assert.Equal((form, expected), (form, PhoneReading.Parse(text, tenant))));
            }
        }
    }

    [Fact]
    public void FieldTrial_F09_National_numbers_are_read_only_in_countries_with_a_numbering_plan()
    {
        foreach (var region in Plans.GetSupportedRegions())
        {
            var number = Plans.GetExampleNumberForType(region, PhoneNumberType.MOBILE) ?? Plans.GetExampleNumber(region);

            Assert.Equal(
                (region, Plans.Format(number, PhoneNumberFormat.E164)),
                (region, PhoneReading.Parse(Plans.Format(number, PhoneNumberFormat.NATIONAL), region).Number));
        }

        Assert.All(
            ["XX", "AQ", "UK", "ZZ"],
            country => Assert.Equal(new PhoneReading(null, "phone_needs_country"), PhoneReading.Parse("620100058", country)));
    }

    private static string? ReasonFor(string form, string fault, string region) => Refused
        .Where(
            entry => form.StartsWith(entry.Forms, StringComparison.Ordinal)
                && entry.Fault == fault
                && entry.Regions.Split(' ').Contains(region))
        .Select(entry => $"{entry.Forms} {entry.Fault} {region}".Trim())
        .FirstOrDefault();

    private static IEnumerable<Example> Examples()
    {
        foreach (var region in Plans.GetSupportedRegions().Order(StringComparer.Ordinal))
        {
            foreach (var type in Enum.GetValues<PhoneNumberType>())
            {
                if (Plans.GetExampleNumberForType(region, type) is { } number)
                {
                    yield return From(region, type.ToString(), number, Plans.GetMetadataForRegion(region));
                }
            }
        }

        foreach (var code in Plans.GetSupportedGlobalNetworkCallingCodes())
        {
            yield return From(
                "GN", $"+{code}", Plans.GetExampleNumberForNonGeoEntity(code), Plans.GetMetadataForRegion("GN")) with
            { AsDialled = "" };
        }
    }

    private static Example From(string region, string type, PhoneNumber number, PhoneMetadata plan)
    {
        var idd = plan.HasPreferredInternationalPrefix
            ? plan.PreferredInternationalPrefix.Replace("~", "", StringComparison.Ordinal)
            : plan.InternationalPrefix;
        return new Example(
            region, type, Plans.Format(number, PhoneNumberFormat.E164), number.CountryCode.ToString(CultureInfo.InvariantCulture),
            Plans.GetNationalSignificantNumber(number),
            Plans.Format(number, PhoneNumberFormat.NATIONAL), Plans.Format(number, PhoneNumberFormat.INTERNATIONAL),
            idd.All(char.IsAsciiDigit) ? idd : null, plan.HasNationalPrefix ? plan.NationalPrefix : null);
    }

    /// <summary>Returns the formats with a plus sign. They must be read the same in every country.</summary>
    private static IEnumerable<(string Form, string Text)> InternationalForms(Example number)
    {
        yield return ("+", number.E164);
        yield return ("+ formatted", number.International);
        yield return ("+ dots", $"+{number.Code}.{Grouped(number.National, ".")}");
        yield return ("+ dashes", $"+{number.Code}-{Grouped(number.National, "-")}");
        yield return ("+ non-breaking hyphens", $"+{number.Code}\u2011{Grouped(number.National, "\u2011")}");
        yield return ("+ no-break spaces", $"+{number.Code}\u00a0{Grouped(number.National, "\u00a0")}");
        yield return ("+ narrow spaces", $" +{number.Code}\u202f{Grouped(number.National, "\u202f")} ");
        yield return ("+ in brackets", $"(+{number.Code}) {Grouped(number.National, " ")}");
        yield return ("+ and space", $"+ {number.Code} {number.National}");
        yield return ("+00", $"+00{number.Digits}");
        yield return ("+ after an apostrophe", $"'{number.E164}");
        yield return ("+ as a formula", $"=\"{number.E164}\"");
        yield return ("+ in quotes", $"“{number.E164}”");
        yield return ("+ tel", $"tel:{number.E164}");
        yield return ("+ whatsapp", $"whatsapp:{number.E164}");
        yield return ("+ p", $"p:{number.E164}");
        yield return ("+ label", $"Tél. : {number.E164}");
        yield return ("+ full width", FullWidth(number.E164));
        yield return ("+ Arabic digits", Digits(number.E164, '٠'));
        yield return ("+ Persian digits", Digits(number.E164, '۰'));
        yield return ("+ Devanagari digits", Digits(number.E164, '०'));
        yield return ("+ marks of direction", $"\u202a{number.E164}\u202c");
        yield return ("+ decimals", $"{number.E164}.0");
        if (number.Trunk == "0")
        {
            yield return ("+ (0)", $"+{number.Code} (0){number.National}");
            yield return ("+ trunk", $"+{number.Code} 0{number.National}");
        }
    }

    /// <summary>Returns the formats without a plus sign, which are read as numbers of the tenant's own country.</summary>
    private static IEnumerable<(string Form, string Text)> DomesticForms(Example number)
    {
        yield return ("00", $"00{number.Digits}");
        yield return ("(00)", $"(00{number.Code}) {Grouped(number.National, " ")}");
        if (number.Idd is not null)
        {
            yield return ("idd", $"{number.Idd} {number.Code} {number.National}");
        }

        if (number.AsDialled.Length == 0)
        {
            yield break;
        }

        var dialled = Digits(number.AsDialled);
        yield return ("national", number.AsDialled);
        yield return ("national digits", dialled);
        yield return ("national dots", Grouped(dialled, "."));
        yield return ("national spaces", Grouped(dialled, " "));
        yield return ("national no-break spaces", Grouped(dialled, "\u00a0"));
        yield return ("national formula", $"=\"{dialled}\"");
        yield return ("national apostrophe", $"'{dialled}");
        yield return ("national tel", $"tel:{dialled}");
        yield return ("national full width", FullWidth(dialled));
        yield return ("national Arabic digits", Digits(dialled, '٠'));
        yield return ("significant", number.National);
        yield return ("significant decimals", $"{number.National}.0");
        yield return ("significant decimal comma", $"{number.National},0");
        yield return ("significant thousands", Thousands(number.National, ","));
        yield return ("significant thousands spaces", Thousands(number.National, " "));
        yield return ("code", number.Digits);
        yield return ("code spaces", $"{number.Code} {Grouped(number.National, " ")}");
        yield return ("code in brackets", $"({number.Code}) {Grouped(number.National, "-")}");
        yield return ("code decimals", $"{number.Digits}.0");
        yield return ("code apostrophe", $"'{number.Digits}");
    }

    private static string Grouped(string digits, string separator) =>
        string.Join(separator, digits.Chunk(2).Select(pair => new string(pair)));

    private static string Thousands(string digits, string separator)
    {
        var text = new StringBuilder();
        for (var i = 0; i < digits.Length; i++)
        {
            text.Append(i > 0 && (digits.Length - i) % 3 == 0 ? separator : "").Append(digits[i]);
        }

        return text.ToString();
    }

    private static string Digits(string text) => string.Concat(text.Where(char.IsAsciiDigit));

    private static string Digits(string text, char zero) =>
        string.Concat(text.Select(character => char.IsAsciiDigit(character) ? (char)(zero + character - '0') : character));

    private static string FullWidth(string text) =>
        string.Concat(text.Select(character => character is > ' ' and <= '~' ? (char)(character + 0xFEE0) : character));
}
