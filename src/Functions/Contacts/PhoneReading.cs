using System.Text.RegularExpressions;

namespace Relais.Contacts;

/// <summary>Reads a phone number as people write it.</summary>
/// <param name="Number">The number in E.164; null when the text cannot be read as one number.</param>
/// <param name="Fault">The fault code; a warning when there is a number. Null when there is neither fault nor warning.</param>
internal readonly partial record struct PhoneReading(string? Number, string? Fault)
{
    /// <param name="country">The country in which national numbers are read.</param>
    public static PhoneReading Parse(string text, string country)
    {
        var written = PhoneText.From(text);
        if (written.Fault is not null)
        {
            return Failed(written.Fault);
        }

        var reading = Read(written, country);
        return reading.Number is not null && PhonePair.IsIn(written, country, IsNumber) ? Failed("phone_too_long") : reading;
    }

    private static PhoneReading Read(PhoneText written, string country)
    {
        var reading = written.HasPlus ? WithCallingCode(written.Digits) : Domestic(written.Digits, country);
        // Try without the zero in brackets only if the number with it is not valid: in Italy, for example, the zero belongs to the number.
        return reading is { Number: null } or { Fault: not null } && written.WithoutBracketedZero() is { } shorter
            && (written.HasPlus ? WithCallingCode(shorter) : Domestic(shorter, country)) is { Number: not null, Fault: null } other
            ? other
            : reading;
    }

    private static PhoneReading WithCallingCode(string digits) =>
        Choose(International(digits)) ?? ReadUnconfirmed(NumberReading.International(digits));

    private static IReadOnlyList<NumberReading> International(string digits) =>
        FrenchPlan.ReadWithFrenchCode(digits) ?? [NumberReading.International(digits)];

    private static PhoneReading Domestic(string digits, string country)
    {
        var after00 = digits.StartsWith("00", StringComparison.Ordinal) ? digits[2..] : null;
        if (!NumberReading.HasPlan(country))
        {
            return after00 is null ? Failed("phone_needs_country") : WithCallingCode(after00);
        }

        if (FrenchPlan.Includes(country) && FrenchPlan.ReadNational(digits) is { } national)
        {
            return Choose(FrenchPlan.Read(national, country)) ?? ReadUnconfirmed(NumberReading.FromNational(country, digits));
        }

        var number = NumberReading.FromNational(country, digits);
        // Exports often write the calling code of the tenant's own country without its plus sign.
        var withoutPlus = digits.StartsWith(NumberReading.CallingCode(country), StringComparison.Ordinal) ? International(digits) : [];
        IReadOnlyList<NumberReading> readings =
        [
            .. number.IsDomestic || !number.IsValid ? [number] : International(number.E164[1..]),
            .. withoutPlus,
            .. after00 is null ? [] : International(after00),
        ];
        return number.IsDomestic && number.IsPossiblyWithoutAreaCode() && !FrenchPlan.Includes(country) ? Failed("phone_ambiguous")
            : Choose(readings)
                ?? Choose(NumberReading.WithLostZero(country, digits) is { } restored ? [restored] : [])
                ?? ReadUnconfirmed(after00 is null ? number : NumberReading.International(after00));
    }

    /// <returns>The valid reading, or a fault when there are several; null when no reading is valid.</returns>
    private static PhoneReading? Choose(IReadOnlyList<NumberReading> readings)
    {
        var valid = readings.Where(reading => reading.IsValid).DistinctBy(reading => reading.E164).ToList();
        return valid switch
        {
            [] => null,
            [var only] => new PhoneReading(only.E164, null),
            // Exports write mobile numbers with the calling code, but no fixed lines without the trunk prefix.
            [{ IsFixedLine: true } domestic, { IsMobile: true } mobile] when domestic.LacksTrunkPrefix() =>
                new PhoneReading(mobile.E164, null),
            _ => Failed("phone_ambiguous"),
        };
    }

    private static PhoneReading ReadUnconfirmed(NumberReading number) =>
        Examples().IsMatch(number.E164) ? new PhoneReading(number.E164, null)
        : number.IsInternational && number.IsPossiblyNewRange() ? new PhoneReading(number.E164, "phone_unconfirmed")
        : Failed(number.Fault());

    private static bool IsNumber(string digits, bool hasPlus, string country) =>
        digits.Length > 0 && (hasPlus ? WithCallingCode(digits) : Domestic(digits, country)).Number is not null;

    private static PhoneReading Failed(string fault) => new(null, fault);

    // The regulators of Great Britain and France reserve these numbers for examples and films; tests and demonstrations use them.
    [GeneratedRegex(@"^\+(?:447700900[0-9]{3}|3363998[0-9]{4})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Examples();
}
