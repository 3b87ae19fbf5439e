using System.Text;
using Relais.Contacts.Import;

namespace Functions.Tests.Contacts;

public sealed class FileEncodingTests
{
    private const string Text =
        "Téléphone;Prénom;Nom\r\n620000001;Aïssatou;N’Diaye\r\n620000002;Hélène;Béavogui\r\n620000003;Zoé;Çamara\r\n";

    private static readonly Encoding Windows = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;
    private static readonly Encoding Macintosh = CodePagesEncodingProvider.Instance.GetEncoding(10000)!;
    private static readonly Encoding Dos = CodePagesEncodingProvider.Instance.GetEncoding(850)!;

    public static TheoryData<string, byte[]> Encodings => new()
    {
        { "utf-8", Encoding.UTF8.GetBytes(Text) },
        { "utf-8", [.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(Text)] },
        { "utf-16le", Encoding.Unicode.GetBytes(Text) },
        { "utf-16le", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Text)] },
        { "utf-16be", Encoding.BigEndianUnicode.GetBytes(Text) },
        { "utf-16be", [.. Encoding.BigEndianUnicode.GetPreamble(), .. Encoding.BigEndianUnicode.GetBytes(Text)] },
        { "windows-1252", Windows.GetBytes(Text) },
        { "macintosh", Macintosh.GetBytes(Text) },
        { "ibm850", Dos.GetBytes(Text.Replace('’', '\'')) },
    };

    [Theory]
    [MemberData(nameof(Encodings))]
    public void FieldTrial_F11_A_file_is_read_in_its_own_encoding(string name, byte[] bytes)
    {
        var file = ReadFile.Of(bytes);

        Assert.Equal(name, file.EncodingName);
        Assert.Equal(
            ["+224620000001 Aïssatou N'Diaye", "+224620000002 Hélène Béavogui", "+224620000003 Zoé Çamara"],
            file.Drafts().Select(row => $"{row.Draft.Phone} {row.Draft.FirstName} {row.Draft.LastName.Replace('’', '\'')}"));
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("macintosh")]
    [InlineData("iso-8859-15")]
    public void FieldTrial_F11_A_declared_charset_decides_between_single_byte_encodings_only(string charset)
    {
        Assert.Equal("utf-8", ReadFile.Of(Encoding.UTF8.GetBytes(Text), charset: charset).EncodingName);
        Assert.Equal("utf-16le", ReadFile.Of(Encoding.Unicode.GetBytes(Text), charset: charset).EncodingName);
        Assert.Equal(charset == "utf-8" ? "windows-1252" : charset, ReadFile.Of(Windows.GetBytes(Text), charset: charset).EncodingName);
    }

    [Fact]
    public void FieldTrial_F11_Punctuation_alone_does_not_change_the_encoding() =>
        Assert.Equal("windows-1252", ReadFile.Of(Windows.GetBytes("phone;note\n620000001;“Awa” – l’amie…\n")).EncodingName);

    [Theory]
    [InlineData(1252, "windows-1252", "JOSÉ\u00a0: ok")]
    [InlineData(1252, "windows-1252", "«\u00a0café\u00a0»")]
    [InlineData(1252, "windows-1252", "RENÉ’S")]
    [InlineData(10000, "macintosh", "l’école d’été")]
    public void Bytes_that_are_valid_UTF8_by_chance_do_not_make_the_encoding_mixed(int page, string name, string value)
    {
        var file = ReadFile.Of(
            CodePagesEncodingProvider.Instance.GetEncoding(page)!.GetBytes($"Téléphone;Prénom;note\n620000001;Hélène;{value}\n"));

        Assert.Equal((name, value), (file.EncodingName, file.Drafts().Single().Draft.Fields["note"]));
    }

    [Theory]
    [InlineData("téléphone;nom{0}620000001;Zoé{0}620000002;")]
    [InlineData("phone;nom{0}620000001;Αθήνα, Ελλάδα, Πειραιάς{0}620000002;")]
    [InlineData("phone;nom{0}620000001;Київ, Україна, Одеса{0}620000002;")]
    public void A_stray_byte_in_UTF8_is_reported_with_its_line_for_every_line_end(string text)
    {
        foreach (var lineEnd in new[] { "\n", "\r\n", "\r" })
        {
            byte[] file =
            [
                .. Encoding.UTF8.GetBytes(text.Replace("{0}", lineEnd, StringComparison.Ordinal)), 0xE9,
                .. Encoding.UTF8.GetBytes($"{lineEnd}620000003;x{lineEnd}"),
            ];

            Assert.Equal((3, "file_encoding_mixed"), ReadFile.FaultOf(file));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void UTF16_without_a_byte_order_mark_may_contain_characters_with_a_zero_byte(bool bigEndian)
    {
        var file = ReadFile.Of(new UnicodeEncoding(bigEndian, byteOrderMark: false).GetBytes("phone;nom\n620000001;😀\n620000002;Āda\n"));

        Assert.Equal(["😀", "Āda"], file.Drafts().Select(row => row.Draft.LastName));
    }

    public static TheoryData<byte[], int, string> Unreadable => new()
    {
        { [], 1, "file_empty" },
        { "\n\r\n  \n;;\n"u8.ToArray(), 1, "file_empty" },
        { Encoding.UTF8.GetPreamble(), 1, "file_empty" },
        { "phone;nom\n"u8.ToArray(), 1, "file_without_rows" },
        { "phone;nom\n;\n\n"u8.ToArray(), 1, "file_without_rows" },
        { [0x50, 0x4B, 3, 4, 20, 0, 6, 0, .. "[Content_Types].xml"u8, 0, 1, 2, 3], 0, "file_is_workbook" },
        { [0x50, 0x4B, 3, 4, 20, 0, 6, 0, .. "mimetypeapplication/vnd.oasis.opendocument.spreadsheet"u8], 0, "file_is_workbook" },
        { [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], 0, "file_is_workbook" },
        { [0x50, 0x4B, 3, 4, 20, 0, 6, 0, .. "clients.csv"u8], 0, "file_is_archive" },
        { [0x1F, 0x8B, 8, 0], 0, "file_is_archive" },
        { "%PDF-1.7\nphone\n"u8.ToArray(), 0, "file_is_pdf" },
        { "BEGIN:VCARD\nVERSION:3.0\nTEL:+224620000001\nEND:VCARD\n"u8.ToArray(), 0, "file_is_vcard" },
        { "<html><table><tr><td>phone</td></tr></table></html>"u8.ToArray(), 0, "file_is_web_page" },
        { "\u00EF\u00BB\u00BF<?xml version=\"1.0\"?>"u8.ToArray(), 1, "file_without_phone_column" },
        { [0xFF, 0xFE, 0, 0, 0x70, 0, 0, 0], 0, "file_is_utf32" },
        { Encoding.UTF32.GetPreamble().Concat(Encoding.UTF32.GetBytes(Text)).ToArray(), 0, "file_is_utf32" },
        { [.. "phone;nom\n"u8, .. Enumerable.Range(0, 200).Select(i => (byte)(i % 7))], 0, "file_is_binary" },
        { [.. "phone;nom\n"u8, .. new byte[200]], 0, "file_is_binary" },
        { [.. Encoding.UTF8.GetBytes("téléphone;nom\n620000001;Zoé\n620000002;"), 0xE9, 0x0A], 3, "file_encoding_mixed" },
        {
            [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("phone;nom\n620000001;A\n620000002;B"), 0x0A],
            3,
            "file_encoding_broken"
        },
        {
            [
                .. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("phone;nom\n620000001;"), 0x00, 0xD8,
                .. Encoding.Unicode.GetBytes("\n"),
            ],
            2,
            "file_encoding_broken"
        },
        { [.. "phone;nom\n620000001;"u8, 0x81, 0xC3, 0x0A], 2, "file_encoding_unknown" },
    };

    [Theory]
    [MemberData(nameof(Unreadable))]
    public void FieldTrial_F11_Unreadable_bytes_are_reported_with_their_line(byte[] bytes, int line, string code) =>
        Assert.Equal((line, code), ReadFile.FaultOf(bytes));

    [Fact]
    public void FieldTrial_F11_A_null_character_refuses_its_row() =>
        Assert.Equal(
            ["2 - phone_not_a_number", "3 - value_unreadable:last_name", "4 +224620000003"],
            ReadFile.RowsOf("phone;nom\n620\0000001;A\n620000002;B\0\n620000003;C\n"));

    [Fact]
    public void FieldTrial_F11_Every_fault_has_a_text_in_French_and_in_English()
    {
        var codes = Directory.EnumerateFiles(SourceFolder(), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith("FieldName.cs", StringComparison.Ordinal))
            .SelectMany(file => CodeOfFault().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))
            .Distinct()
            .ToList();

        Assert.True(codes.Count > 30, string.Join(", ", codes));
        foreach (var code in codes)
        {
            var (french, english) = (FaultTexts.GetTexts(code, ["un", "deux"], "fr"), FaultTexts.GetTexts(code, ["un", "deux"], "en-GB"));
            Assert.True(french != code && english != code && french != english && french.EndsWith('.') && english.EndsWith('.'), code);
        }
    }

    private static string SourceFolder([System.Runtime.CompilerServices.CallerFilePath] string path = "") =>
        Path.Combine(Path.GetDirectoryName(path)!, "../../../src/Functions/Contacts");

    private static System.Text.RegularExpressions.Regex CodeOfFault() =>
        new("\"((?:phone|file|value|tags|language|line|rows|too_many)_[a-z_0-9]+)[\":]");
}
