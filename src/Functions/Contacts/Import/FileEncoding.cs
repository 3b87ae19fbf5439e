using System.Text;

namespace Relais.Contacts.Import;

/// <summary>The encoding of a file, by its mark or its bytes: see ADR 0030.</summary>
/// <param name="Name">As IANA registers it.</param>
/// <param name="ByteOrderMarkLength">The bytes of the mark before the text.</param>
internal sealed record FileEncoding(string Name, Encoding Encoding, int ByteOrderMarkLength)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The single-byte encodings that are read, and the names under which a caller may declare them.</summary>
    private static readonly Dictionary<string, int> CodePages = new(StringComparer.OrdinalIgnoreCase)
    {
        ["windows-1252"] = 1252,
        // browsers read both as Windows-1252, which has the same letters and more
        ["iso-8859-1"] = 1252,
        ["us-ascii"] = 1252,
        ["iso-8859-15"] = 28605,
        ["macintosh"] = 10000,
        ["ibm850"] = 850,
    };

    /// <summary>
    /// A declared charset that can be read. Marks and valid UTF-8 tell more than a declaration, which only decides between single-byte encodings.
    /// </summary>
    public static bool CanRead(string charset) => charset.StartsWith("utf-8", StringComparison.OrdinalIgnoreCase)
        || charset.StartsWith("utf-16", StringComparison.OrdinalIgnoreCase) || CodePages.ContainsKey(charset);

    /// <param name="file">Any position; it is read through.</param>
    /// <param name="charset">As the caller declared it.</param>
    public static FileEncoding Detect(Stream file, string? charset)
    {
        file.Position = 0;
        var head = new byte[FileSignature.Length];
        var start = head.AsSpan(0, file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false));
        FileSignature.Check(start);
        if ((ByMark(start) ?? WithoutMark(start)) is { } unicode)
        {
            return unicode;
        }

        file.Position = 0;
        var bytes = ByteStatistics.Read(file);
        return bytes.IsBinary ? throw new FileFault(0, "file_is_binary")
            : bytes.Invalid == 0 ? new FileEncoding("utf-8", Utf8, 0)
            : bytes.IsMixed ? throw new FileFault(bytes.FirstInvalidLine, "file_encoding_mixed")
            : SingleByte(charset is not null && CodePages.ContainsKey(charset) ? charset.ToLowerInvariant() : bytes.LikelyEncoding())
                ?? throw new FileFault(bytes.FirstInvalidLine, "file_encoding_unknown");
    }

    /// <summary>The line with the first bytes that are nothing in this encoding.</summary>
    public int FirstBrokenLine(Stream file)
    {
        var lenient = (Encoding)Encoding.Clone();
        lenient.DecoderFallback = new DecoderReplacementFallback("\uFFFD");
        file.Position = ByteOrderMarkLength;
        using var reader = new StreamReader(file, lenient, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        var line = 1;
        for (var text = reader.ReadLine(); text?.Contains('\uFFFD', StringComparison.Ordinal) == false; text = reader.ReadLine())
        {
            line++;
        }

        return line;
    }

    private static FileEncoding? ByMark(ReadOnlySpan<byte> start) =>
        start is [0xEF, 0xBB, 0xBF, ..] ? new FileEncoding("utf-8", Utf8, 3)
        : start is [0xFF, 0xFE, 0, 0, ..] or [0, 0, 0xFE, 0xFF, ..] ? throw new FileFault(0, "file_is_utf32")
        : start is [0xFF, 0xFE, ..] ? Utf16(bigEndian: false, 2)
        : start is [0xFE, 0xFF, ..] ? Utf16(bigEndian: true, 2)
        : null;

    /// <summary>Of UTF-16 every second byte is zero where the text is Latin, and few of the others are.</summary>
    private static FileEncoding? WithoutMark(ReadOnlySpan<byte> start)
    {
        var (even, odd) = (0, 0);
        for (var i = 0; i < start.Length; i++)
        {
            even += start[i] == 0 && i % 2 == 0 ? 1 : 0;
            odd += start[i] == 0 && i % 2 == 1 ? 1 : 0;
        }

        var many = start.Length / 10;
        return odd > many && even <= odd / 8 ? Utf16(bigEndian: false, 0)
            : even > many && odd <= even / 8 ? Utf16(bigEndian: true, 0)
            : null;
    }

    private static FileEncoding Utf16(bool bigEndian, int mark) =>
        new(bigEndian ? "utf-16be" : "utf-16le", new UnicodeEncoding(bigEndian, byteOrderMark: false, throwOnInvalidBytes: true), mark);

    private static FileEncoding? SingleByte(string name) =>
        CodePages.TryGetValue(name, out var page) ? new FileEncoding(name, CodePagesEncodingProvider.Instance.GetEncoding(page)!, 0) : null;
}
