using System.Text;

namespace Relais.Contacts.Import;

/// <summary>Ranks the delimiters that a CSV file may use, by how often each stands in its first line.</summary>
internal static class DelimiterRanking
{
    private const int MaxHeaderLength = 64 * 1024;

    private static readonly char[] Delimiters = [';', ',', '\t'];

    /// <returns>The possible delimiters of the first line that has text, the most likely delimiter first; never empty.</returns>
    public static IReadOnlyList<char> Rank(Stream file, Encoding encoding)
    {
        // Replace undecodable bytes here: CsvFile reports them later, with their line.
        var lenient = (Encoding)encoding.Clone();
        lenient.DecoderFallback = DecoderFallback.ReplacementFallback;
        using var reader = new StreamReader(file, lenient, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        var text = new char[MaxHeaderLength];
        return Rank(text.AsSpan(0, reader.ReadBlock(text)));
    }

    public static IReadOnlyList<char> Rank(ReadOnlySpan<char> text)
    {
        var (counts, quoted, isBlank) = (new int[Delimiters.Length], false, true);
        foreach (var character in text)
        {
            if (!quoted && character is '\n' or '\r')
            {
                if (!isBlank)
                {
                    break;
                }

                Array.Clear(counts);
            }

            quoted ^= character == '"';
            var delimiter = Array.IndexOf(Delimiters, character);
            isBlank &= delimiter >= 0 || character == '"' || char.IsWhiteSpace(character);
            if (!quoted && delimiter >= 0)
            {
                counts[delimiter]++;
            }
        }

        var ranked = Delimiters.Zip(counts)
            .Where(pair => pair.Second > 0)
            .OrderByDescending(pair => pair.Second)
            .Select(pair => pair.First)
            .ToList();
        return ranked.Count > 0 ? ranked : [','];
    }
}
