using System.Buffers;
using System.Text;

namespace Relais.Contacts.Import;

/// <summary>What the bytes of a file say about its encoding.</summary>
internal sealed class ByteStatistics
{
    private const int FewControls = 8;

    // the accented letters that are frequent in French, where each encoding has them
    private static readonly byte[] MacintoshLetters = [0x83, 0x88, 0x89, 0x8D, 0x8E, 0x8F, 0x90, 0x91, 0x94, 0x95, 0x99, 0x9D, 0x9E];
    private static readonly byte[] DosLetters = [0x82, 0x83, 0x85, 0x87, 0x88, 0x89, 0x8A, 0x8B, 0x8C, 0x90, 0x93, 0x96, 0x97];
    private static readonly byte[] OnlyMacintoshLetters = [0x8D, 0x8E, 0x8F];
    private static readonly byte[] OnlyDosLetters = [0x82, 0x87, 0x8A];
    private static readonly byte[] NotInWindows = [0x81, 0x8D, 0x8F, 0x90, 0x9D];

    private readonly long[] counts = new long[256];
    private long western;
    private long foreign;
    private int line = 1;
    private byte previous;

    public long Invalid { get; private set; }

    public int FirstInvalidLine { get; private set; }

    /// <summary>Text has tabs and line ends, and hardly any other control character.</summary>
    public bool IsBinary =>
        Enumerable.Range(0, 32).Where(value => value is not ('\t' or '\n' or '\r')).Sum(value => counts[value])
        > Math.Max(FewControls, counts.Sum() / 50);

    /// <summary>
    /// UTF-8 in which some bytes are something else: it was put together from two files, or was cut. Neighbours in single-byte text, such
    /// as É with a no-break space, also make valid UTF-8, but hardly ever a letter of a Western language.
    /// </summary>
    public bool IsMixed => Invalid > 0 && (western > Invalid / 10 || foreign >= Invalid * 10);

    public static ByteStatistics Read(Stream file)
    {
        var count = new ByteStatistics();
        var buffer = new byte[64 * 1024];
        for (var kept = 0; ;)
        {
            var read = file.Read(buffer, kept, buffer.Length - kept);
            var used = count.Add(buffer.AsSpan(0, kept + read), isLast: read == 0);
            kept = kept + read - used;
            buffer.AsSpan(used, kept).CopyTo(buffer);
            if (read == 0)
            {
                return count;
            }
        }
    }

    /// <summary>Of the single-byte encodings the one in which most of the bytes are letters of French; empty when none fits.</summary>
    public string LikelyEncoding()
    {
        var windows = Enumerable.Range(0xC0, 0x40).Where(value => value is not (0xD5 or 0xD7 or 0xF7)).Sum(value => counts[value]);
        var (macintosh, dos) = (Sum(MacintoshLetters), Sum(DosLetters));
        return macintosh > windows && macintosh >= dos && Sum(OnlyMacintoshLetters) > 0 ? "macintosh"
            : dos > windows && Sum(OnlyDosLetters) > 0 ? "ibm850"
            : Sum(NotInWindows) == 0 ? "windows-1252"
            : "";
    }

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

            Count(rune, status == OperationStatus.Done);
            for (var end = i + length; i < end; i++)
            {
                counts[bytes[i]]++;
            }
        }

        return i;
    }

    private void Count(Rune rune, bool isValid)
    {
        if (isValid)
        {
            (western, foreign) = IsWestern(rune) ? (western + 1, foreign) : (western, foreign + 1);
        }
        else
        {
            Invalid++;
            FirstInvalidLine = FirstInvalidLine == 0 ? line : FirstInvalidLine;
        }
    }

    /// <summary>Lines end with CR, LF or both.</summary>
    private void CountLineEnd(byte value)
    {
        line += value == '\r' || (value == '\n' && previous != '\r') ? 1 : 0;
        previous = value;
    }

    /// <summary>Accented letters, and the punctuation and signs that go with them.</summary>
    private static bool IsWestern(Rune rune) => rune.Value is >= 0xA0 and <= 0x17F or >= 0x2010 and <= 0x203A or 0x20AC or 0x2122;

    private long Sum(byte[] values) => values.Sum(value => counts[value]);
}
