namespace Functions.Tests.Contacts.Generated;

/// <summary>Generates a file that must be refused as a whole, with the expected line and code of the fault.</summary>
internal sealed class RefusedFile(int seed, SeededChance chance)
{
    private static readonly (byte[] Start, string Code)[] OtherKinds =
    [
        ([0x50, 0x4B, 3, 4, 20, 0, 6, 0, .. "[Content_Types].xml"u8, 0, 1], "file_is_workbook"),
        ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], "file_is_workbook"),
        ([0x50, 0x4B, 3, 4, 20, 0, 6, 0, .. "clients.csv"u8], "file_is_archive"),
        ([0x1F, 0x8B, 8, 0, 1], "file_is_archive"),
        ("%PDF-1.7\nphone\n"u8.ToArray(), "file_is_pdf"),
        ("BEGIN:VCARD\r\nTEL:+224620000001\r\nEND:VCARD\r\n"u8.ToArray(), "file_is_vcard"),
        ("<!DOCTYPE html><table><tr><td>phone</td></tr></table>"u8.ToArray(), "file_is_web_page"),
        ("{\\rtf1 phone}"u8.ToArray(), "file_is_binary"),
        ([0xFF, 0xFE, 0, 0, 0x70, 0, 0, 0], "file_is_utf32"),
        ([], "file_empty"),
    ];

    private readonly ReadableFile file = new(seed, chance);

    private CsvWriter Writer => file.Writer;

    private IReadOnlyList<ColumnTitle> Titles => file.Columns.Titles;

    public GeneratedFile Make() => chance.Below(13) switch
    {
        0 => OtherKind(),
        1 => Blank(),
        2 => TitlesOnly(),
        3 => WithoutPhoneColumn(),
        4 => ColumnTwice(),
        5 => TooManyColumns(),
        6 or 7 => UnclosedQuote(),
        8 => TextAfterQuote(),
        9 => TooLong(),
        10 => Binary(),
        11 => BrokenText(),
        _ => WithoutTitles(),
    };

    private GeneratedFile OtherKind()
    {
        var (start, code) = chance.Of(OtherKinds);
        return file.ToFile(start, null, new ExpectedRefusal(code == "file_empty" ? 1 : 0, code));
    }

    private GeneratedFile Blank()
    {
        for (var i = chance.Below(4); i >= 0; i--)
        {
            Writer.Raw(chance.Of("", " ", ";;", ",", "\t\t"));
        }

        return Refused(1, "file_empty");
    }

    private GeneratedFile TitlesOnly()
    {
        file.Start();
        for (var i = chance.Below(3); i > 0; i--)
        {
            Writer.Blank(Titles.Count);
        }

        return Refused(1, "file_without_rows");
    }

    private GeneratedFile WithoutPhoneColumn()
    {
        var isNamed = file.Columns.PhoneColumn is not null;
        var line = Writer.Line;
        Writer.Row(Titles.Where(title => title.Holds != ColumnContent.Phone && !title.Name.Contains("telephone", StringComparison.Ordinal))
            .Select(title => title.Text).Append("Remarque"));
        Writer.Row(["x", "y"]);
        return Refused(line, isNamed ? "file_without_named_column" : "file_without_phone_column");
    }

    private GeneratedFile ColumnTwice()
    {
        var line = Writer.Line;
        Writer.Row(Titles.Select(title => title.Text).Concat(["Pointure", "POINTURE"]));
        AddRows();
        return Refused(line, "file_column_twice");
    }

    private GeneratedFile TooManyColumns()
    {
        var line = Writer.Line;
        Writer.Row(Titles.Select(title => title.Text).Concat(Enumerable.Range(0, 101).Select(i => $"c{i}")));
        AddRows();
        return Refused(line, "file_too_many_columns");
    }

    /// <summary>No later line contains a quotation mark, so the quote stays open until the end of the file.</summary>
    private GeneratedFile UnclosedQuote()
    {
        file.Start();
        AddRows();
        var line = Writer.Line;
        var opened = chance.Below(Titles.Count);
        Writer.Raw(string.Join(Writer.Delimiter, Titles.Select((_, i) => i == opened ? "\"x" : "x")));
        var following = chance.OneIn(5) ? chance.Between(110, 300) : chance.Below(30);
        for (var i = 0; i < following; i++)
        {
            Writer.Raw(string.Join(Writer.Delimiter, Titles.Select(_ => "y")));
        }

        return Refused(line, following > 100 ? "file_quote_too_long" : "file_quote_unclosed");
    }

    private GeneratedFile TextAfterQuote()
    {
        file.Start();
        AddRows();
        var line = Writer.Line;
        var at = chance.Below(Titles.Count);
        var value = chance.Of("\"Awa\" Diallo", "\"Awa \"la grande\"\"", "\"a\"\"b\"c");
        Writer.Raw(string.Join(Writer.Delimiter, Titles.Select((_, i) => i == at ? value : "x")));
        AddRows();
        return Refused(line, "file_text_after_quote");
    }

    private GeneratedFile TooLong()
    {
        file.Start();
        AddRows();
        var line = Writer.Line;
        Writer.Raw(string.Join(Writer.Delimiter, Titles.Select(_ => new string('x', 12_000))));
        AddRows();
        return Refused(line, "file_value_too_long");
    }

    private GeneratedFile Binary()
    {
        if (file.Text.HasZeros || file.Text.HasMark)
        {
            return OtherKind();
        }

        file.Start();
        var bytes = file.Text.Bytes(Writer.Text);
        var noise = Enumerable.Range(0, (bytes.Length / 10) + 50).Select(_ => chance.Of<byte>(1, 2, 3, 5));
        return file.ToFile([.. bytes, .. noise], null, new ExpectedRefusal(0, "file_is_binary"));
    }

    /// <summary>Adds a byte that is invalid in the encoding of the file.</summary>
    private GeneratedFile BrokenText()
    {
        if (!file.Text.IsUnicode)
        {
            return TitlesOnly();
        }

        file.Start();
        Writer.Row(["é", "é", "é"]);
        var before = file.Text.Bytes(Writer.Text + "620000001");
        byte[] broken = file.Text.Name switch
        {
            "utf-16le" => [0x00, 0xD8],
            "utf-16be" => [0xD8, 0x00],
            _ => [chance.Of<byte>(0xE9, 0xFF, 0xC3, 0x80)],
        };
        return file.ToFile(
            [.. before, .. broken, .. file.Text.Encoding.GetBytes("\r\nx\r\n")], null,
            new ExpectedRefusal(Writer.Line, file.Text.HasMark || file.Text.HasZeros ? "file_encoding_broken" : "file_encoding_mixed"));
    }

    private GeneratedFile WithoutTitles()
    {
        var person = PhoneWriting.New(chance, NumberPlan.All[0]);
        Writer.Row([person.E164, "Awa"]);
        Writer.Row([person.E164, "Binta"]);
        return Refused(1, "file_without_titles");
    }

    private void AddRows() => file.AddRows(chance.Between(1, 5));

    private GeneratedFile Refused(int line, string code) =>
        file.ToFile(file.Text.Bytes(Writer.Text), null, new ExpectedRefusal(line, code));
}
