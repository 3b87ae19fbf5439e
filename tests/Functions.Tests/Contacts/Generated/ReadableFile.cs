namespace Functions.Tests.Contacts.Generated;

/// <summary>Generates a file that can be read to its end. Some of its rows may be faulty.</summary>
internal sealed class ReadableFile
{
    private readonly int seed;
    private readonly SeededChance chance;
    private readonly List<PhoneWriting> people = [];
    private readonly List<ExpectedRow> expected = [];
    private readonly List<StoredContact> stored = [];
    private readonly List<int> phones;
    private readonly string? tag;
    private readonly bool writesFormulas;

    public ReadableFile(int seed, SeededChance chance)
    {
        (this.seed, this.chance) = (seed, chance);
        Text = chance.Of(FileText.All);
        Country = chance.OneIn(25) ? NumberPlan.NoPlan : chance.Of(NumberPlan.All).Country;
        Columns = ColumnChoice.Of(chance, Text);
        Writer = new CsvWriter(chance, Columns.Titles.Count);
        phones = [.. Enumerable.Range(0, Columns.Titles.Count).Where(i => Columns.Titles[i].Holds == ColumnContent.Phone)];
        tag = chance.OneIn(4) ? chance.Of("clients", "Rentrée 2026", "a b") : null;
        writesFormulas = chance.OneIn(30);
    }

    public FileText Text { get; }

    public string Country { get; }

    public CsvWriter Writer { get; }

    public ColumnChoice Columns { get; }

    public GeneratedFile Make()
    {
        Start();
        AddRows(RowCount());
        if (chance.OneIn(3))
        {
            Writer.WithoutLastLineEnd();
        }

        return expected.Count > 0
            ? ToFile(Text.Bytes(Writer.Text), expected, null)
            : ToFile(Text.Bytes(Writer.Text), null, new ExpectedRefusal(1, "file_without_rows"));
    }

    public GeneratedFile ToFile(byte[] bytes, IReadOnlyList<ExpectedRow>? rows, ExpectedRefusal? refusal) =>
        new(seed, Country, chance.Of("fr", "en"), bytes, Text, Columns.PhoneColumn, tag, stored, rows, refusal);

    /// <summary>Writes the optional delimiter line of spreadsheets, some blank lines, and the titles.</summary>
    /// <returns>The number of the title line.</returns>
    public int Start()
    {
        if (chance.OneIn(12))
        {
            Writer.Raw($"sep={Writer.Delimiter}");
        }

        for (var blanks = chance.OneIn(12) ? chance.Between(1, 3) : 0; blanks > 0; blanks--)
        {
            Writer.Blank(Columns.Titles.Count);
        }

        var line = Writer.Line;
        Writer.Row(Columns.Titles.Select(title => title.Text));
        return line;
    }

    public void AddRows(int count)
    {
        AddPeople(Math.Max(1, count * 3 / 4));
        for (var i = 0; i < count; i++)
        {
            if (chance.OneIn(15))
            {
                Writer.Blank(Columns.Titles.Count);
            }

            AddRow();
        }
    }

    private int RowCount() => chance.Below(400) switch
    {
        0 => chance.Between(900, 1_600),
        < 8 => chance.Between(90, 220),
        < 60 => 1,
        < 70 => 0,
        _ => chance.Between(1, 30),
    };

    private void AddPeople(int count)
    {
        var ownPlan = NumberPlan.All.FirstOrDefault(plan => plan.Country == Country);
        for (var i = 0; i < count; i++)
        {
            var person = PhoneWriting.New(chance, ownPlan is null || chance.OneIn(4) ? chance.Of(NumberPlan.All) : ownPlan);
            if (people.TrueForAll(existing => existing.E164 != person.E164) && people.Count < count)
            {
                people.Add(person);
                AddStored(person);
            }
        }
    }

    private void AddStored(PhoneWriting person)
    {
        if (!chance.OneIn(5) || stored.Count == 50)
        {
            return;
        }

        var second = PhoneWriting.New(chance, NumberPlan.All[0]);
        string[] numbers = chance.OneIn(4) && people.TrueForAll(existing => existing.E164 != second.E164)
            ? [person.E164, second.E164]
            : [person.E164];
        var fields = chance.OneIn(2) ? new Dictionary<string, string> { ["ville"] = "Labé", ["ancien"] = "oui" } : [];
        var tags = chance.Of<string[]>([], ["vip"], ["vip", "ancien"]);
        stored.Add(new StoredContact(numbers, chance.Of("", "Mariama"), chance.Of("", "Sow"), chance.Of(null, "fr", "en"), fields, tags));
    }

    private void AddRow()
    {
        var written = PhoneCells();
        var cells = Columns.Titles.Select((title, i) => written.TryGetValue(i, out var phone) ? phone.Text : Value(title)).ToList();
        SpoilValue(cells);
        if (writesFormulas)
        {
            cells = [.. cells.Select(Formula)];
            written = written.ToDictionary(cell => cell.Key, cell => cell.Value with { Text = Formula(cell.Value.Text) });
        }

        if (chance.OneIn(15))
        {
            Shorten(cells, written);
        }
        else if (chance.OneIn(15))
        {
            cells.AddRange(chance.OneIn(3) ? ["", " ", "de trop"] : Enumerable.Repeat(chance.Of("", " "), chance.Between(1, 3)));
        }

        if (ExpectedRow.From(Writer.Line, Columns.Titles, cells, written, tag) is { } row)
        {
            expected.Add(row);
        }

        Writer.Row(cells);
    }

    private static string Formula(string cell) => cell.StartsWith("=\"", StringComparison.Ordinal) ? cell : $"=\"{cell}\"";

    private void Shorten(List<string> cells, Dictionary<int, PhoneCell> written)
    {
        var keptCount = chance.Between(1, cells.Count);
        cells.RemoveRange(keptCount, cells.Count - keptCount);
        foreach (var removed in written.Keys.Where(column => column >= keptCount).ToList())
        {
            written.Remove(removed);
        }
    }

    /// <summary>Creates the phone cells by column: usually one number, sometimes several numbers, a faulty number or none.</summary>
    private Dictionary<int, PhoneCell> PhoneCells()
    {
        var person = chance.Of(people);
        var main = chance.Below(phones.Count);
        var isFaulty = chance.OneIn(10);
        return phones.ToDictionary(column => column, column =>
            column == phones[main] ? (isFaulty ? Faulty(person) : person.Write(chance, Country, Text.Fits))
            : chance.Below(6) switch
            {
                0 => Faulty(person),
                1 => chance.Of(people).Write(chance, Country, Text.Fits),
                _ => new PhoneCell("", null),
            });
    }

    private PhoneCell Faulty(PhoneWriting person)
    {
        var cell = chance.OneIn(5) ? new PhoneCell("", null) : PhoneWriting.Faulty(chance, person, chance.Of(people));
        return Text.HasZerosByThemselves && cell.Text.Contains('\0', StringComparison.Ordinal) ? new PhoneCell("", null) : cell;
    }

    private string Value(ColumnTitle title)
    {
        var value = title.Holds switch
        {
            _ when chance.OneIn(6) => chance.Of("", "", " "),
            ColumnContent.FirstName or ColumnContent.LastName => CellText.Name(chance, Text.Fits),
            ColumnContent.Language => chance.Of(ExpectedRow.LanguagesWritten) is var language && Text.Fits(language) ? language : "fr",
            ColumnContent.Tags => Tags(),
            _ when chance.OneIn(10) => CellText.Lines(chance, Text.Fits),
            _ when chance.OneIn(20) => "=\"0042\"",
            _ => CellText.Value(chance, Text.Fits),
        };
        return chance.OneIn(15) ? $" {value}  " : value;
    }

    private string Tags() =>
        string.Join(
            chance.Of("|", ",", " | ", ";"), Enumerable.Range(0, chance.Between(1, 4)).Select(_ => CellText.Tag(chance, Text.Fits)));

    /// <summary>Sometimes replaces a value of the row by one at or beyond a limit.</summary>
    private void SpoilValue(List<string> cells)
    {
        var column = chance.Below(cells.Count);
        if (!chance.OneIn(20) || Columns.Titles[column].Holds is ColumnContent.Phone)
        {
            return;
        }

        cells[column] = Columns.Titles[column].Holds switch
        {
            ColumnContent.FirstName or ColumnContent.LastName => chance.Of(
                new string('x', 201), new string('x', 200), "Awa\nDiallo", "Awa\r\nDiallo", NullCharacter()),
            ColumnContent.Tags => chance.Of(string.Join('|', Enumerable.Range(0, 51)), new string('t', 65), new string('t', 64)),
            ColumnContent.Field => chance.Of(new string('x', 1_001), new string('x', 1_000), NullCharacter(), ValueWithRow()),
            _ => cells[column],
        };
    }

    private string NullCharacter() => Text.HasZerosByThemselves ? "x" : "x\0y";

    /// <summary>Creates a value that contains the next row, as if a quotation mark were closed too late.</summary>
    private string ValueWithRow()
    {
        var row = Columns.Titles.Select(title => title.Holds == ColumnContent.Phone ? people[0].E164 : GeneratedFile.SwallowedRow).ToList();
        return row.Count > 1 && row.Contains(GeneratedFile.SwallowedRow) ? $"texte\n{string.Join(Writer.Delimiter, row)}" : "texte";
    }
}
