using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Relais.Contacts;

/// <summary>Extracts the digits of a phone number from a text, without labels, spreadsheet artefacts and separators.</summary>
/// <param name="Digits">ASCII digits, without the plus sign and without the 00 that some people write after it.</param>
/// <param name="HasPlus">Whether there is a plus sign, so that the digits begin with a calling code.</param>
/// <param name="Grouped">The digits with their separators, as they were written.</param>
/// <param name="Fault">The fault code; null when the text has the form of a phone number.</param>
internal sealed partial record PhoneText(string Digits, bool HasPlus, string Grouped, string? Fault)
{
    private const int MaxTextLength = 64;

    private static readonly char[] Wrapping = [' ', '\'', '"'];

    public static PhoneText From(string text)
    {
        var written = WithoutWrapping(ToAscii(text));
        return written.Length == 0 ? Failed("phone_missing")
            : written.Length > MaxTextLength ? Failed("phone_not_a_number")
            : Scientific().IsMatch(written) ? Failed("phone_scientific")
            : FromWritten(WithoutDecimals(written));
    }

    /// <summary>The digits without a zero in brackets, as in <c>+44 (0)20…</c>; null when there is no such zero.</summary>
    public string? WithoutBracketedZero() => BracketedZero().IsMatch(Grouped) ? OnlyDigits(BracketedZero().Replace(Grouped, "")) : null;

    public static string OnlyDigits(string text) => NotDigits().Replace(text, "");

    private static PhoneText FromWritten(string written)
    {
        var hasPlus = LeadingPlus().IsMatch(written);
        var grouped = Thousands().IsMatch(written) ? OnlyDigits(written) : hasPlus ? LeadingPlus().Replace(written, "", 1) : written;
        var digits = OnlyDigits(grouped);
        if (digits.Length == 0 || !Separated().IsMatch(grouped) || BracketsAtTheEnd().IsMatch(grouped))
        {
            return Failed("phone_not_a_number");
        }

        return new PhoneText(hasPlus && digits.StartsWith("00", StringComparison.Ordinal) ? digits[2..] : digits, hasPlus, grouped, null);
    }

    /// <summary>
    /// Removes the decimals that a spreadsheet adds when it takes the number for an amount. These are zeros; a text with other decimals is
    /// rejected later.
    /// </summary>
    private static string WithoutDecimals(string written) =>
        Decimals().Match(written) is { Success: true } match ? match.Groups["number"].Value : written;

    private static string WithoutWrapping(string text)
    {
        var inner = Formula().Match(text.Trim()) is { Success: true } formula ? formula.Groups[1].Value : text;
        return Label().Replace(inner.Trim(Wrapping), "").Trim(Wrapping).TrimEnd('.', ',', ';');
    }

    /// <summary>
    /// Converts digits of every script, full-width signs and the many kinds of spaces, dashes and quotation marks to ASCII, and removes
    /// invisible characters.
    /// </summary>
    private static string ToAscii(string text)
    {
        var ascii = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            if (category is UnicodeCategory.DecimalDigitNumber)
            {
                ascii.Append((char)('0' + (int)Rune.GetNumericValue(rune)));
            }
            else if (category is not UnicodeCategory.Format)
            {
                ascii.Append(category is UnicodeCategory.SpaceSeparator || rune.Value is '\t' ? " "
                    : category is UnicodeCategory.DashPunctuation || rune.Value is '\u2212' ? "-"
                    : rune.Value is >= '！' and <= '～' ? ((char)(rune.Value - 0xFEE0)).ToString()
                    : rune.Value is '\u00B7' or '\u2022' or '\u2027' ? "."
                    : rune.Value is '\u2018' or '\u2019' or '`' ? "'"
                    : rune.Value is '\u201C' or '\u201D' or '«' or '»' ? "\""
                    : rune.ToString());
            }
        }

        return ascii.ToString();
    }

    private static PhoneText Failed(string fault) => new("", false, "", fault);

    [GeneratedRegex("""^=\s*"(.*)"$""", RegexOptions.CultureInvariant)]
    private static partial Regex Formula();

    [GeneratedRegex(
        @"^(?:t[eé]l(?:[eé]phone)?\.?|phone|mobile|portable|whatsapp|sms|p)\s*:\s*",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Label();

    [GeneratedRegex(@"^\+?[0-9]+(?:[.,][0-9]+)?\s*E\s*[+-]?[0-9]+$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Scientific();

    [GeneratedRegex(
        @"^(?<number>\+?[0-9]{4,}|\+?[0-9]{1,3}(?:([ ,.'])[0-9]{3})(?:\1[0-9]{3})*(?!\1))[.,]0{1,2}$", RegexOptions.CultureInvariant)]
    private static partial Regex Decimals();

    [GeneratedRegex(@"^\+?[0-9]{1,3}(?:[,'][0-9]{3})+$", RegexOptions.CultureInvariant)]
    private static partial Regex Thousands();

    [GeneratedRegex(@"^[ (\[]*\+", RegexOptions.CultureInvariant)]
    private static partial Regex LeadingPlus();

    // One or two digits after the only point are decimals, not a group of a phone number.
    [GeneratedRegex(@"^(?![0-9]{4,}\.[0-9]{1,2}$)[0-9 .\-()\[\]/_]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Separated();

    [GeneratedRegex(@"[0-9].*[(\[][ 0-9]{0,4}[)\]][ .]*$", RegexOptions.CultureInvariant)]
    private static partial Regex BracketsAtTheEnd();

    [GeneratedRegex(@"[(\[]\s*0\s*[)\]]", RegexOptions.CultureInvariant)]
    private static partial Regex BracketedZero();

    [GeneratedRegex("[^0-9]", RegexOptions.CultureInvariant)]
    private static partial Regex NotDigits();
}
