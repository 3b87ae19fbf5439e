using System.Buffers;
using System.Text;

namespace Relais.Contacts.Import;

/// <summary>Counts the bytes of a file to recognise its encoding.</summary>
internal sealed class ByteStatistics
{
    private const int MaxControlCharacters = 8;

    // The bytes that stand for the accented letters of French, in each encoding.
    private static readonly byte[] MacintoshLetters = [0x83, 0x88, 0x89, 0x8D, 0x8E, 0x8F, 0x90, 0x91, 0x94, 0x95, 0x99, 0x9D, 0x9E];
    private static readonly byte[] DosLetters = [0x82, 0x83, 0x85, 0x87, 0x88, 0x89, 0x8A, 0x8B, 0x8C, 0x90, 0x93, 0x96, 0x97];
    private static readonly byte[] OnlyMacintoshLetters = [0x8D, 0x8E, 0x8F];
    private static readonly byte[] OnlyDosLetters = [0x82, 0x87, 0x8A];
    private static readonly byte[] NotInWindows = [0x81, 0x8D, 0x8F, 0x90, 0x9D];

    private readonly long[] counts = new long[256];
    private long westernCharacters;
    private long otherCharacters;
    private int line = 1;
    private byte previous;

    /// <summary>The number of byte sequences that are not valid UTF-8.</summary>
    public long InvalidSequences { get; private set; }

    /// <summary>The first line with bytes that are not valid UTF-8, from 1; 0 when there is none.</summary>
    public int FirstInvalidLine { get; private set; }

    /// <summary>Whether the file is not text: text has tabs and line ends, but hardly any other control character.</summary>
    public bool IsBinary =>
        Enumerable.Range(0, 32).Where(value => value is not ('\t' or '\n' or '\r')).Sum(value => counts[value])
        > Math.Max(MaxControlCharacters, counts.Sum() / 50);

    /// <summary>
    /// Whether the file mixes UTF-8 with other bytes, because two files were joined or the file was cut. Single-byte text may also contain
    /// valid UTF-8 by chance, such as É before a no-break space, but these bytes hardly ever make a letter of a Western language.
    /// </summary>
    public bool IsMixed => InvalidSequences > 0 && (westernCharacters > InvalidSequences / 10 || otherCharacters >= InvalidSequences * 10);

    public static ByteStatistics Read(Stream file)
    {
        var statistics = new ByteStatistics();
        var buffer = new byte[64 * 1024];
        for (var remaining = 0; ;)
        {
            var read = file.Read(buffer, remaining, buffer.Length - remaining);
            var used = statistics.Add(buffer.AsSpan(0, remaining + read), isLast: read == 0);
            remaining = remaining + read - used;
            buffer.AsSpan(used, remaining).CopyTo(buffer);
            if (read == 0)
            {
                return statistics;
            }
        }
    }

    /// <returns>The single-byte encoding in which most bytes are letters of French; empty when no encoding fits.</returns>
    public string LikelyEncoding()
    {
        var windows = Enumerable.Range(0xC0, 0x40).Where(value => value is not (0xD5 or 0xD7 or 0xF7)).Sum(value => counts[value]);
        var (macintosh, dos) = (Sum(MacintoshLetters), Sum(DosLetters));
        return macintosh > windows && macintosh >= dos && Sum(OnlyMacintoshLetters) > 0 ? "macintosh"
            : dos > windows && Sum(OnlyDosLetters) > 0 ? "ibm850"
            : Sum(NotInWindows) == 0 ? "windows-1252"
            : "";
    }

    /// <returns>The number of bytes counted: an incomplete character at the end waits for the next bytes.</returns>
    private int Add(ReadOnlySpan<byte> bytes, bool isLast)
    {
        var i = 0;
        while (i < bytes.Length)
        {
            if (bytes[i] < 0x80)
            {
                CountLineEnd(bytes[i]);
                counts[bytes[i++]]++;
                continue;
            }

            var status = Rune.DecodeFromUtf8(bytes[i..], out var rune, out var length);
            if (status == OperationStatus.NeedMoreData && !isLast)
            {
                break;
            }

            CountCharacter(rune, status == OperationStatus.Done);
            for (var end = i + length; i < end; i++)
            {
                counts[bytes[i]]++;
            }
        }

        return i;
    }

    private void CountCharacter(Rune rune, bool isValid)
    {
        if (isValid && IsWestern(rune))
        {
            westernCharacters++;
        }
        else if (isValid)
        {
            otherCharacters++;
        }
        else
        {
            InvalidSequences++;
            FirstInvalidLine = FirstInvalidLine == 0 ? line : FirstInvalidLine;
        }
    }

    /// <summary>Lines end with CR, LF or both.</summary>
    private void CountLineEnd(byte value)
    {
        line += value == '\r' || (value == '\n' && previous != '\r') ? 1 : 0;
        previous = value;
    }

    /// <summary>Whether the character is an accented letter, or a punctuation mark or sign of Western languages.</summary>
    private static bool IsWestern(Rune rune) => rune.Value is >= 0xA0 and <= 0x17F or >= 0x2010 and <= 0x203A or 0x20AC or 0x2122;

    private long Sum(byte[] values) => values.Sum(value => counts[value]);
}
