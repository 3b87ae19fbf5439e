using System.Text;

namespace Relais.Contacts.Import;

/// <summary>Recognises other kinds of files, such as workbooks and archives, by their first bytes.</summary>
internal static class FileSignature
{
    /// <summary>The number of bytes to check.</summary>
    public const int Length = 4096;

    /// <exception cref="FileFault">The file is empty or not CSV; the fault names its kind.</exception>
    public static void Check(ReadOnlySpan<byte> start)
    {
        if (start.Length == 0)
        {
            throw new FileFault(1, "file_empty");
        }

        if (FindFault(start) is { } fault)
        {
            throw new FileFault(0, fault);
        }
    }

    private static string? FindFault(ReadOnlySpan<byte> start)
    {
        var text = Encoding.Latin1.GetString(start).TrimStart('\u00EF', '\u00BB', '\u00BF', ' ', '\t', '\r', '\n');
        return start is [0xD0, 0xCF, 0x11, 0xE0, ..] ? "file_is_workbook"
            : start is [(byte)'P', (byte)'K', 3, 4, ..] ? IsWorkbook(text) ? "file_is_workbook" : "file_is_archive"
            : start is [0x1F, 0x8B, ..] or [(byte)'7', (byte)'z', 0xBC, 0xAF, ..] ? "file_is_archive"
            : start is [(byte)'R', (byte)'a', (byte)'r', (byte)'!', 0x1A, ..] ? "file_is_archive"
            : Begins(text, "%PDF-") ? "file_is_pdf"
            : Begins(text, "BEGIN:VCARD") ? "file_is_vcard"
            : Begins(text, "<!doctype") || Begins(text, "<html") || Begins(text, "<table") || Begins(text, "<?xml") ? "file_is_web_page"
            : Begins(text, "{\\rtf") || start is [0x89, (byte)'P', (byte)'N', (byte)'G', ..] or [0xFF, 0xD8, 0xFF, ..] ? "file_is_binary"
            : null;
    }

    private static bool IsWorkbook(string text) =>
        text.Contains("[Content_Types].xml", StringComparison.Ordinal) || text.Contains("xl/", StringComparison.Ordinal)
        || text.Contains("application/vnd.oasis.opendocument.spreadsheet", StringComparison.Ordinal);

    private static bool Begins(string text, string start) => text.StartsWith(start, StringComparison.OrdinalIgnoreCase);
}
