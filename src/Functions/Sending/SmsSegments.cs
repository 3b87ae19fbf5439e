namespace Relais.Sending;

/// <summary>How many segments an SMS costs: GSM-7 (160, or 153 each) when every character is in it, UCS-2 (70, or 67 each) otherwise.</summary>
internal static class SmsSegments
{
    private const string Basic =
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

    /// <summary>Each takes two places: an escape goes before it.</summary>
    private const string Extended = "\f^{}\\[~]|€";

    private static readonly HashSet<char> BasicCharacters = [.. Basic];
    private static readonly HashSet<char> ExtendedCharacters = [.. Extended];

    public static int Count(string text) =>
        text.All(character => BasicCharacters.Contains(character) || ExtendedCharacters.Contains(character)) ? CountGsm(text) : CountUnicode(text);

    // a character of two places is not cut in two: it goes to the next segment whole
    private static int CountGsm(string text) => Count(text.Select(character => ExtendedCharacters.Contains(character) ? 2 : 1), whole: 160, part: 153);

    private static int CountUnicode(string text) => Count(text.EnumerateRunes().Select(rune => rune.Utf16SequenceLength), whole: 70, part: 67);

    private static int Count(IEnumerable<int> characters, int whole, int part)
    {
        var (total, segments, used) = (0, 1, 0);
        foreach (var places in characters)
        {
            total += places;
            (segments, used) = used + places <= part ? (segments, used + places) : (segments + 1, places);
        }

        return total <= whole ? 1 : segments;
    }
}
