using System.Text;

namespace Relais.Contacts.Import;

/// <summary>The encoding of a file, recognised by its byte order mark or its bytes (ADR 0030).</summary>
/// <param name="Name">The IANA name.</param>
/// <param name="ByteOrderMarkLength">The length of the byte order mark in bytes; 0 when there is none.</param>
internal sealed record FileEncoding(string Name, Encoding Encoding, int ByteOrderMarkLength)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The code pages of the supported single-byte encodings, by the name that a caller may declare.</summary>
    private static readonly Dictionary<string, int> CodePages = new(StringComparer.OrdinalIgnoreCase)
    {
        ["windows-1252"] = 1252,
        // Browsers read both names as Windows-1252, which has the same letters and more.
        ["iso-8859-1"] = 1252,
        ["us-ascii"] = 1252,
        ["iso-8859-15"] = 28605,
        ["macintosh"] = 10000,
        ["ibm850"] = 850,
    };

    /// <summary>
    /// Whether a declared charset is supported. A byte order mark or valid UTF-8 takes precedence over the declaration, which only decides
    /// between single-byte encodings.
    /// </summary>
    public static bool CanRead(string charset) => charset.StartsWith("utf-8", StringComparison.OrdinalIgnoreCase)
        || charset.StartsWith("utf-16", StringComparison.OrdinalIgnoreCase) || CodePages.ContainsKey(charset);

    /// <param name="file">A seekable stream at any position; it may be read to its end.</param>
    /// <param name="charset">The charset that the caller declared; null when there is none.</param>
    public static FileEncoding Detect(Stream file, string? charset)
    {
        file.Position = 0;
        var head = new byte[FileSignature.Length];
        var start = head.AsSpan(0, file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false));
        FileSignature.Check(start);
        if ((FromByteOrderMark(start) ?? FindUtf16(start)) is { } unicode)
        {
            return unicode;
        }

        file.Position = 0;
        var bytes = ByteStatistics.Read(file);
        return bytes.IsBinary ? throw new FileFault(0, "file_is_binary")
            : bytes.InvalidSequences == 0 ? new FileEncoding("utf-8", Utf8, 0)
            : bytes.IsMixed ? throw new FileFault(bytes.FirstInvalidLine, "file_encoding_mixed")
            : SingleByte(charset is not null && CodePages.ContainsKey(charset) ? charset.ToLowerInvariant() : bytes.LikelyEncoding())
                ?? throw new FileFault(bytes.FirstInvalidLine, "file_encoding_unknown");
    }

    /// <returns>The first line with bytes that are not valid in this encoding, from 1.</returns>
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

    private static FileEncoding? FromByteOrderMark(ReadOnlySpan<byte> start) =>
        start is [0xEF, 0xBB, 0xBF, ..] ? new FileEncoding("utf-8", Utf8, 3)
        : start is [0xFF, 0xFE, 0, 0, ..] or [0, 0, 0xFE, 0xFF, ..] ? throw new FileFault(0, "file_is_utf32")
        : start is [0xFF, 0xFE, ..] ? Utf16(bigEndian: false, 2)
        : start is [0xFE, 0xFF, ..] ? Utf16(bigEndian: true, 2)
        : null;

    /// <summary>Recognises UTF-16 without a byte order mark: in Latin text, every second byte is zero, and few of the others are.</summary>
    private static FileEncoding? FindUtf16(ReadOnlySpan<byte> start)
    {
        var (even, odd) = (0, 0);
        for (var i = 0; i < start.Length; i++)
        {
            even += start[i] == 0 && i % 2 == 0 ? 1 : 0;
            odd += start[i] == 0 && i % 2 == 1 ? 1 : 0;
        }

        var minimum = start.Length / 10;
        return odd > minimum && even <= odd / 8 ? Utf16(bigEndian: false, 0)
            : even > minimum && odd <= even / 8 ? Utf16(bigEndian: true, 0)
            : null;
    }

    private static FileEncoding Utf16(bool bigEndian, int markLength) =>
        new(
            bigEndian ? "utf-16be" : "utf-16le",
            new UnicodeEncoding(bigEndian, byteOrderMark: false, throwOnInvalidBytes: true),
            markLength);

    private static FileEncoding? SingleByte(string name) =>
        CodePages.TryGetValue(name, out var page) ? new FileEncoding(name, CodePagesEncodingProvider.Instance.GetEncoding(page)!, 0) : null;
}
