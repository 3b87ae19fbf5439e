using System.Globalization;
using System.Text;

namespace Relais.Platform;

/// <summary>
/// Removes accents and upper case from text. It uses its own table, because .NET without culture data (invariant globalization) does not
/// decompose accented letters.
/// </summary>
internal static class UnaccentedText
{
    private static readonly Dictionary<char, string> Bases = new Dictionary<string, string>
    {
        ["a"] = "àáâãäåāăą",
        ["ae"] = "æ",
        ["c"] = "çćĉċč",
        ["d"] = "ďđ",
        ["e"] = "èéêëēĕėęěẽ",
        ["g"] = "ĝğġģ",
        ["h"] = "ĥħ",
        ["i"] = "ìíîïĩīĭįı",
        ["j"] = "ĵ",
        ["k"] = "ķ",
        ["l"] = "ĺļľŀł",
        ["n"] = "ñńņň",
        ["o"] = "òóôõöøōŏő",
        ["oe"] = "œ",
        ["r"] = "ŕŗř",
        ["s"] = "śŝşš",
        ["ss"] = "ß",
        ["t"] = "ţťŧ",
        ["u"] = "ùúûüũūŭůűų",
        ["w"] = "ŵ",
        ["y"] = "ýÿŷ",
        ["z"] = "źżž",
    }.SelectMany(letters => letters.Value.Select(letter => (letter, letters.Key))).ToDictionary(pair => pair.letter, pair => pair.Key);

    public static string RemoveAccents(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            // Skip accents that combine with the previous letter, and invisible format characters.
            if (CharUnicodeInfo.GetUnicodeCategory(character) is UnicodeCategory.NonSpacingMark or UnicodeCategory.Format)
            {
                continue;
            }

            var lower = char.ToLowerInvariant(HalfWidth(character));
            plain.Append(Bases.TryGetValue(lower, out var letters) ? letters : lower);
        }

        return plain.ToString();
    }

    private static char HalfWidth(char character) => character is >= '！' and <= '～' ? (char)(character - 0xFEE0) : character;
}
