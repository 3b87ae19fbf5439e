using System.Text;

namespace Functions.Tests.Contacts.Generated;

/// <summary>The encoding of a generated file, and the charset that the upload declares.</summary>
/// <param name="Letters">The characters beyond ASCII that let the import recognise this encoding.</param>
internal sealed record FileText(string Name, Encoding Encoding, bool HasMark, string? Charset, string Letters)
{
    private const string AllLetters = "éèêàçôûîïëùÉÈÀÇŒœ’“”«»–…€°ñüßãłżІвањαβ中文עברית😀\u00a0";
    private const string WesternLetters = "éèêàçôûîïëùÉÈÀÇŒœ’“”«»–…€°ñüßã\u00a0";

    public static readonly IReadOnlyList<FileText> All =
    [
        new("utf-8", new UTF8Encoding(false), false, null, AllLetters),
        new("utf-8", new UTF8Encoding(false), false, "utf-8", AllLetters),
        new("utf-8", new UTF8Encoding(true), true, null, AllLetters),
        new("utf-16le", new UnicodeEncoding(false, true), true, null, AllLetters),
        new("utf-16be", new UnicodeEncoding(true, true), true, null, AllLetters),
        new("utf-16le", new UnicodeEncoding(false, false), false, null, WesternLetters),
        new("utf-16be", new UnicodeEncoding(true, false), false, "utf-16be", WesternLetters),
        new("windows-1252", CodePage(1252), false, null, WesternLetters),
        new("windows-1252", CodePage(1252), false, "windows-1252", WesternLetters),
        new("windows-1252", CodePage(1252), false, "iso-8859-1", WesternLetters),
        new("iso-8859-15", CodePage(28605), false, "iso-8859-15", "éèêàçôûîïëùÉÈÀÇŒœ«»€°ñüßã\u00a0"),
        new("macintosh", CodePage(10000), false, null, "éèêàçôûîïëù’"),
        new("macintosh", CodePage(10000), false, "macintosh", WesternLetters),
        new("ibm850", CodePage(850), false, null, "éèêàçôûîïëù"),
        new("ibm850", CodePage(850), false, "ibm850", "éèêàçôûîïëùÉÈÀÇ«»°ñüßã\u00a0"),
    ];

    public bool IsUnicode => Name.StartsWith("utf", StringComparison.Ordinal);

    /// <summary>True if half of the bytes of Latin text are zero.</summary>
    public bool HasZeros => Name.StartsWith("utf-16", StringComparison.Ordinal);

    /// <summary>True if only the zero bytes reveal the encoding. A null character in the text could then mislead the import.</summary>
    public bool HasZerosByThemselves => HasZeros && !HasMark;

    /// <summary>Returns whether the import reads the text correctly in this encoding.</summary>
    public bool Fits(string text) =>
        IsUnicode || text.All(character => character < 0x80 || Letters.Contains(character, StringComparison.Ordinal));

    public byte[] Bytes(string text) => [.. HasMark ? Encoding.GetPreamble() : [], .. Encoding.GetBytes(text)];

    private static Encoding CodePage(int number) => CodePagesEncodingProvider.Instance.GetEncoding(number)!;
}
