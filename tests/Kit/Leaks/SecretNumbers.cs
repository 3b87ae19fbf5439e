using System.Text;
using System.Text.RegularExpressions;

namespace Relais.Kit.Leaks;

/// <summary>
/// Finds phone numbers: E.164 with and without its +, after whatsapp:, URL-encoded and JSON-escaped, in the national form with and without
/// a leading 0, and each of these with separators between groups of digits.
/// </summary>
internal sealed partial class SecretNumbers
{
    private const string Kind = "telephone number";
    private const int LongestNumber = 15;

    // A shorter national number could also be a count, a port or a time. With its country code it is found at any length.
    private const int ShortestNational = 8;

    private readonly HashSet<string> international = new(StringComparer.Ordinal);
    private readonly HashSet<string> national = new(StringComparer.Ordinal);
    private int shortest = int.MaxValue;
    private int longest;

    public int Count => international.Count;

    /// <summary>Adds every E.164 number in the text.</summary>
    public void AddFrom(string text)
    {
        foreach (Match match in Number().Matches(text))
        {
            Add(match.Groups[1].Value);
        }
    }

    /// <param name="digits">E.164 without its +.</param>
    public void Add(string digits)
    {
        if (!international.Add(digits))
        {
            return;
        }

        (shortest, longest) = (Math.Min(shortest, digits.Length), Math.Max(longest, digits.Length));
        var inCountry = digits[CallingCode().Match(digits).Length..];
        if (inCountry.Length >= ShortestNational)
        {
            national.Add(inCountry);
        }
    }

    public void FindIn(string text, List<(int Start, int Length, string Kind)> spans)
    {
        if (international.Count > 0)
        {
            FindRuns(text, spans);
            FindGroups(text, spans);
        }
    }

    // Checks each end of each run of digits: %20224620000001 and 00224620000001 end with the number as well.
    private void FindRuns(string text, List<(int Start, int Length, string Kind)> spans)
    {
        var lookup = international.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var at = text.AsSpan().IndexOfAnyInRange('0', '9'); at >= 0;)
        {
            var length = text.AsSpan(at).IndexOfAnyExceptInRange('0', '9');
            length = length < 0 ? text.Length - at : length;
            var found = IsNational(text, at, length) ? length : 0;
            for (var size = Math.Min(length, longest); size >= shortest && found == 0; size--)
            {
                found = lookup.Contains(text.AsSpan(at + length - size, size)) ? size : 0;
            }

            if (found > 0)
            {
                spans.Add((at + length - found, found, Kind));
            }

            var next = text.AsSpan(at + length).IndexOfAnyInRange('0', '9');
            at = next < 0 ? -1 : at + length + next;
        }
    }

    // A national number must be the whole run of digits. A part of a longer number, of a fraction or of a hash does not count.
    private bool IsNational(string text, int at, int length)
    {
        var encoded = at > 0 && text[at - 1] == '%' ? 2 : 0;
        var before = at > 0 && encoded == 0 ? text[at - 1] : ' ';
        var after = at + length < text.Length ? text[at + length] : ' ';
        return !char.IsAsciiLetter(before) && before != '.' && !char.IsAsciiLetter(after)
            && IsNational(text.AsSpan(Math.Min(at + encoded, at + length), Math.Max(length - encoded, 0)));
    }

    private bool IsNational(ReadOnlySpan<char> digits)
    {
        var lookup = national.GetAlternateLookup<ReadOnlySpan<char>>();
        return lookup.Contains(digits) || (digits is ['0', ..] && lookup.Contains(digits[1..]));
    }

    private void FindGroups(string text, List<(int Start, int Length, string Kind)> spans)
    {
        var lookup = international.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (Match match in Groups().Matches(text))
        {
            var groups = match.Groups["group"].Captures;
            for (var first = 0; first < groups.Count - 1; first++)
            {
                var digits = new StringBuilder(groups[first].Value);
                for (var last = first + 1; last < groups.Count && digits.Length + groups[last].Length <= LongestNumber; last++)
                {
                    var joined = digits.Append(groups[last].Value).ToString();
                    // A single 0 is the start of a fraction, not of a number.
                    var found = lookup.Contains(joined)
                        || (joined.StartsWith("00", StringComparison.Ordinal) && lookup.Contains(joined.AsSpan(2)))
                        || (groups[first].Value != "0" && IsNational(joined));
                    if (found)
                    {
                        spans.Add((groups[first].Index, groups[last].Index + groups[last].Length - groups[first].Index, Kind));
                    }
                }
            }
        }
    }

    [GeneratedRegex(@"(?:\+|%2[Bb]|\\u002[Bb])([1-9][0-9]{6,14})(?![0-9])")]
    private static partial Regex Number();

    [GeneratedRegex("^(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[0-9]{3})")]
    private static partial Regex CallingCode();

    // Groups of one to seven digits. A form encodes a space as + or %20 and a parenthesis as %28 or %29.
    [GeneratedRegex(
        @"(?:(?<![0-9A-Za-z%])|(?<=%2[08Bb]))(?<group>[0-9]{1,7})" +
        @"(?:(?:[ .()/+\u00A0\u202F-]|%20|%2[89]|\\u00[Aa]0){1,3}(?<group>[0-9]{1,7})){1,40}(?![0-9A-Za-z])",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Groups();
}
