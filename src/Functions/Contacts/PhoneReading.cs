using System.Text.RegularExpressions;

namespace Relais.Contacts;

/// <summary>A number as people write it, read as E.164; or the code of what is wrong. Beside a number the code is a warning. Pure.</summary>
internal readonly partial record struct PhoneReading(string? Number, string? Fault)
{
    // two short numbers in one cell have as many digits as this
    private const int MinDigitsOfPair = 12;

    /// <param name="country">The country in which national numbers are read.</param>
    public static PhoneReading Parse(string text, string country)
    {
        var written = PhoneText.From(text);
        if (written.Fault is not null)
        {
            return Failed(written.Fault);
        }

        var reading = Read(written, country);
        return reading.Number is not null && IsPair(written, country) ? Failed("phone_too_long") : reading;
    }

    private static PhoneReading Read(PhoneText written, string country)
    {
        var reading = written.HasPlus ? WithCallingCode(written.Digits) : Domestic(written.Digits, country);
        // the zero in brackets belongs to the number in some countries, such as Italy
        return reading is { Number: null } or { Fault: not null } && written.WithoutBracketedZero() is { } shorter
            && (written.HasPlus ? WithCallingCode(shorter) : Domestic(shorter, country)) is { Number: not null, Fault: null } other
            ? other
            : reading;
    }

    private static PhoneReading WithCallingCode(string digits) =>
        Choose(International(digits)) ?? ReadUnconfirmed(PlannedNumber.International(digits));

    private static IReadOnlyList<PlannedNumber> International(string digits) =>
        FrenchPlan.ReadWithFrenchCode(digits) ?? [PlannedNumber.International(digits)];

    private static PhoneReading Domestic(string digits, string country)
    {
        var abroad = digits.StartsWith("00", StringComparison.Ordinal) ? digits[2..] : null;
        if (!PlannedNumber.HasPlan(country))
        {
            return abroad is null ? Failed("phone_needs_country") : WithCallingCode(abroad);
        }

        if (FrenchPlan.Includes(country) && FrenchPlan.ReadNational(digits) is { } national)
        {
            return Choose(FrenchPlan.Read(national, country)) ?? ReadUnconfirmed(PlannedNumber.FromWithin(country, digits));
        }

        var number = PlannedNumber.FromWithin(country, digits);
        // the calling code of the tenant's own country without its plus sign is common in exports
        var withoutPlus = digits.StartsWith(PlannedNumber.CallingCode(country), StringComparison.Ordinal) ? International(digits) : [];
        IReadOnlyList<PlannedNumber> readings =
        [
            .. number.IsDomestic || !number.IsValid ? [number] : International(number.E164[1..]),
            .. withoutPlus,
            .. abroad is null ? [] : International(abroad),
        ];
        return number.IsDomestic && number.IsPossiblyWithoutAreaCode() && !FrenchPlan.Includes(country) ? Failed("phone_ambiguous")
            : Choose(readings)
                ?? Choose(PlannedNumber.WithLostZero(country, digits) is { } restored ? [restored] : [])
                ?? ReadUnconfirmed(abroad is null ? number : PlannedNumber.International(abroad));
    }

    /// <summary>The only valid reading. Null when there is none.</summary>
    private static PhoneReading? Choose(IReadOnlyList<PlannedNumber> readings)
    {
        var valid = readings.Where(reading => reading.IsValid).DistinctBy(reading => reading.E164).ToList();
        return valid switch
        {
            [] => null,
            [var only] => new PhoneReading(only.E164, null),
            // a mobile number with its calling code is what exports write; a fixed line that lost its trunk prefix is not
            [{ IsFixedLine: true } domestic, { IsMobile: true } mobile] when domestic.LacksTrunkPrefix() => new PhoneReading(mobile.E164, null),
            _ => Failed("phone_ambiguous"),
        };
    }

    private static PhoneReading ReadUnconfirmed(PlannedNumber number) =>
        Examples().IsMatch(number.E164) ? new PhoneReading(number.E164, null)
        : number.IsInternational && number.IsPossiblyNewRange() ? new PhoneReading(number.E164, "phone_unconfirmed")
        : Failed(number.Fault());

    /// <summary>A second number in the same cell; plans without a fixed length would take both for one.</summary>
    private static bool IsPair(PhoneText written, string country)
    {
        for (var i = 1; i < written.Grouped.Length - 1; i++)
        {
            var (left, right) = (PhoneText.OnlyDigits(written.Grouped[..i]), PhoneText.OnlyDigits(written.Grouped[i..]));
            var isPair = written.Grouped[i] == '/'
                ? IsNumber(left, written.HasPlus, country)
                : !char.IsAsciiDigit(written.Grouped[i]) && !written.HasPlus && written.Digits.Length >= MinDigitsOfPair
                    && PlannedNumber.CanBeginWith(right, country) && IsNumber(left, false, country) && IsNumber(right, false, country);
            if (isPair)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsNumber(string digits, bool hasPlus, string country) =>
        digits.Length > 0 && (hasPlus ? WithCallingCode(digits) : Domestic(digits, country)).Number is not null;

    private static PhoneReading Failed(string fault) => new(null, fault);

    // reserved by the regulators of Great Britain and France for examples and films, which is why tests and demonstrations use them
    [GeneratedRegex(@"^\+(?:447700900[0-9]{3}|3363998[0-9]{4})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Examples();
}
