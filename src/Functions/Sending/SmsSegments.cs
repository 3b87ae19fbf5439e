namespace Relais.Sending;

/// <summary>
/// Counts the segments of an SMS. If all its characters are in GSM-7, a single segment holds 160 characters and each of several holds 153.
/// Otherwise the text is sent in UCS-2, with 70 and 67 characters.
/// </summary>
internal static class SmsSegments
{
    private const string Basic =
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
        "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

    /// <summary>Each of these counts as two characters, because it is sent after an escape character.</summary>
    private const string Extended = "\f^{}\\[~]|€";

    private static readonly HashSet<char> BasicCharacters = [.. Basic];
    private static readonly HashSet<char> ExtendedCharacters = [.. Extended];

    public static int Count(string text) =>
        text.All(character => BasicCharacters.Contains(character) || ExtendedCharacters.Contains(character))
            ? CountGsm(text)
            : CountUnicode(text);

    private static int CountGsm(string text) =>
        Count(text.Select(character => ExtendedCharacters.Contains(character) ? 2 : 1), singleSize: 160, segmentSize: 153);

    private static int CountUnicode(string text) =>
        Count(text.EnumerateRunes().Select(rune => rune.Utf16SequenceLength), singleSize: 70, segmentSize: 67);

    private static int Count(IEnumerable<int> characterSizes, int singleSize, int segmentSize)
    {
        var (total, segments, used) = (0, 1, 0);
        foreach (var size in characterSizes)
        {
            total += size;
            // A character of size two is never split: it moves to the next segment as a whole.
            (segments, used) = used + size <= segmentSize ? (segments, used + size) : (segments + 1, size);
        }

        return total <= singleSize ? 1 : segments;
    }
}
