using System.Text;

namespace Functions.Tests.Contacts.Generated;

/// <summary>An encoding in which files are written, and the charset that the upload declares.</summary>
/// <param name="Letters">Characters beyond ASCII by which the import can tell this encoding from the others.</param>
internal sealed record FileText(string Name, Encoding Encoding, bool HasMark, string? Charset, string Letters)
{
    private const string Every = "éèêàçôûîïëùÉÈÀÇŒœ’“”«»–…€°ñüßãłżІвањαβ中文עברית😀\u00a0";
    private const string Western = "éèêàçôûîïëùÉÈÀÇŒœ’“”«»–…€°ñüßã\u00a0";

    public static readonly IReadOnlyList<FileText> All =
    [
        new("utf-8", new UTF8Encoding(false), false, null, Every),
        new("utf-8", new UTF8Encoding(false), false, "utf-8", Every),
        new("utf-8", new UTF8Encoding(true), true, null, Every),
        new("utf-16le", new UnicodeEncoding(false, true), true, null, Every),
        new("utf-16be", new UnicodeEncoding(true, true), true, null, Every),
        new("utf-16le", new UnicodeEncoding(false, false), false, null, Western),
        new("utf-16be", new UnicodeEncoding(true, false), false, "utf-16be", Western),
        new("windows-1252", CodePage(1252), false, null, Western),
        new("windows-1252", CodePage(1252), false, "windows-1252", Western),
        new("windows-1252", CodePage(1252), false, "iso-8859-1", Western),
        new("iso-8859-15", CodePage(28605), false, "iso-8859-15", "éèêàçôûîïëùÉÈÀÇŒœ«»€°ñüßã\u00a0"),
        new("macintosh", CodePage(10000), false, null, "éèêàçôûîïëù’"),
        new("macintosh", CodePage(10000), false, "macintosh", Western),
        new("ibm850", CodePage(850), false, null, "éèêàçôûîïëù"),
        new("ibm850", CodePage(850), false, "ibm850", "éèêàçôûîïëùÉÈÀÇ«»°ñüßã\u00a0"),
    ];

    public bool IsUnicode => Name.StartsWith("utf", StringComparison.Ordinal);

    /// <summary>Half of the bytes of Latin text are zero.</summary>
    public bool HasZeros => Name.StartsWith("utf-16", StringComparison.Ordinal);

    /// <summary>The zeros are all that tells the encoding, so that a null character in the text may mislead.</summary>
    public bool HasZerosByThemselves => HasZeros && !HasMark;

    /// <summary>Whether the import can read the text in this encoding as what it is.</summary>
    public bool Fits(string text) => IsUnicode || text.All(one => one < 0x80 || Letters.Contains(one, StringComparison.Ordinal));

    public byte[] Bytes(string text) => [.. HasMark ? Encoding.GetPreamble() : [], .. Encoding.GetBytes(text)];

    private static Encoding CodePage(int number) => CodePagesEncodingProvider.Instance.GetEncoding(number)!;
}
