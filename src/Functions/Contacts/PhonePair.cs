namespace Relais.Contacts;

/// <summary>
/// Recognises two phone numbers in one cell. In countries without a fixed length, both together may be valid as one number.
/// </summary>
internal static class PhonePair
{
    // Two short numbers in one cell have at least this many digits.
    private const int MinDigits = 12;

    /// <param name="written">The cell.</param>
    /// <param name="country">The country in which national numbers are read.</param>
    /// <param name="isNumber">Whether these digits, with or without a plus sign before them, are a number in the country.</param>
    public static bool IsIn(PhoneText written, string country, Func<string, bool, string, bool> isNumber)
    {
        for (var i = 1; i < written.Grouped.Length - 1; i++)
        {
            var (left, right) = (PhoneText.OnlyDigits(written.Grouped[..i]), PhoneText.OnlyDigits(written.Grouped[i..]));
            var isPair = written.Grouped[i] == '/'
                ? isNumber(left, written.HasPlus, country)
                : !char.IsAsciiDigit(written.Grouped[i]) && !written.HasPlus && written.Digits.Length >= MinDigits
                    && NumberReading.CanBeginWith(right, country) && isNumber(left, false, country) && isNumber(right, false, country);
            if (isPair)
            {
                return true;
            }
        }

        return false;
    }
}
