using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Relais.Platform;

namespace Relais.Contacts;

/// <summary>A number as people write it, read as E.164; or the code of what is wrong with it. Pure.</summary>
internal readonly partial record struct PhoneReading(string? Number, string? Fault)
{
    private const int LongestText = 64;

    public static PhoneReading Of(string text, string country)
    {
        var written = Written(text);
        if (written.Length == 0)
        {
            return Wrong("phone_missing");
        }

        if (Scientific().IsMatch(written))
        {
            return Wrong("phone_scientific");
        }

        var international = International(written, country);
        var digits = Separators().Replace(international is null ? written : TrunkInBrackets().Replace(international, ""), "");
        return !digits.All(char.IsAsciiDigit) || digits.Length == 0 ? Wrong("phone_not_a_number")
            : international is null ? National(digits, country)
            : FromAbroad(digits);
    }

    private static PhoneReading National(string digits, string country)
    {
        if (NationalNumbers.OfCountry(country) is not { } numbers)
        {
            return Wrong("phone_needs_country");
        }

        // the calling code without its plus sign is common in exports
        var number = numbers.ToE164(digits)
            ?? (digits.StartsWith(numbers.CallingCode, StringComparison.Ordinal) ? numbers.ToE164(digits[numbers.CallingCode.Length..]) : null);
        return number is null ? Wrong(numbers, digits) : new PhoneReading(number, null);
    }

    private static PhoneReading FromAbroad(string digits)
    {
        if (NationalNumbers.OfNumber(digits) is { } numbers)
        {
            var national = digits[numbers.CallingCode.Length..];
            return numbers.ToE164(national) is { } number ? new PhoneReading(number, null) : Wrong(numbers, national);
        }

        return PhoneNumber.IsE164($"+{digits}") ? new PhoneReading($"+{digits}", null)
            : Wrong(digits.Length < 7 ? "phone_too_short" : digits.Length > 15 ? "phone_too_long" : "phone_invalid");
    }

    /// <summary>What follows the international prefix; null when there is none.</summary>
    private static string? International(string written, string country)
    {
        if (written[0] == '+')
        {
            return written[1..];
        }

        var prefix = NationalNumbers.OfCountry(country)?.CallingCode == "1" ? "011" : "00";
        return written.StartsWith(prefix, StringComparison.Ordinal) ? written[prefix.Length..] : null;
    }

    private static PhoneReading Wrong(NationalNumbers numbers, string national)
    {
        var digits = numbers.Trunk.Length > 0 && national.StartsWith(numbers.Trunk, StringComparison.Ordinal) ? national[numbers.Trunk.Length..] : national;
        var longer = Enumerable.Range(digits.Length + 1, 15).Any(length => numbers.Number.IsMatch(digits.PadRight(length, '2')));
        var shorter = Enumerable.Range(1, Math.Max(0, digits.Length - 1)).Any(length => numbers.Number.IsMatch(digits[..length]));
        return Wrong(longer ? "phone_too_short" : shorter ? "phone_too_long" : "phone_invalid");
    }

    private static PhoneReading Wrong(string fault) => new(null, fault);

    /// <summary>Plain digits and ASCII signs, without marks that nobody sees and without the tel: or whatsapp: of a link.</summary>
    private static string Written(string text)
    {
        var plain = new StringBuilder();
        foreach (var character in text.Length > LongestText ? text[..LongestText] : text)
        {
            var category = CharUnicodeInfo.GetUnicodeCategory(character);
            if (category is UnicodeCategory.DecimalDigitNumber)
            {
                plain.Append((char)('0' + CharUnicodeInfo.GetDecimalDigitValue(character)));
            }
            else if (category is UnicodeCategory.SpaceSeparator)
            {
                plain.Append(' ');
            }
            else if (category is not (UnicodeCategory.Format or UnicodeCategory.Control))
            {
                plain.Append(character is '＋' ? '+' : category is UnicodeCategory.DashPunctuation ? '-' : character);
            }
        }

        return LinkScheme().Replace(plain.ToString().Trim(), "").TrimStart('\'', ' ');
    }

    [GeneratedRegex(@"^(?:tel|whatsapp|sms):\s*", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LinkScheme();

    [GeneratedRegex(@"[ .\-()\[\]/_]", RegexOptions.CultureInvariant)]
    private static partial Regex Separators();

    [GeneratedRegex(@"\(\s*0\s*\)", RegexOptions.CultureInvariant)]
    private static partial Regex TrunkInBrackets();

    [GeneratedRegex(@"^[0-9][.,]?[0-9]*E\+?[0-9]+$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Scientific();
}
