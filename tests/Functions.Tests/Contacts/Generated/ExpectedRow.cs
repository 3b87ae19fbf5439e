namespace Functions.Tests.Contacts.Generated;

/// <summary>The expected result of reading a row of the file.</summary>
/// <param name="Line">The line on which the row begins.</param>
/// <param name="Phone">The number in E.164; null if the row is rejected.</param>
/// <param name="Faults">The codes of the faults, in ordinal order.</param>
internal sealed record ExpectedRow(
    int Line, string? Phone, IReadOnlyList<string> Faults, string FirstName, string LastName, string? Language,
    IReadOnlyDictionary<string, string> Fields, IReadOnlyList<string> Tags)
{
    private const int MaxNameLength = 200;
    private const int MaxValueLength = 1_000;
    private const int MaxTagLength = 64;
    private const int MaxTags = 50;

    private static readonly Dictionary<string, string> Languages = new(StringComparer.Ordinal)
    {
        ["fr"] = "fr",
        ["FR"] = "fr",
        ["fr-FR"] = "fr",
        ["Français"] = "fr",
        ["francais"] = "fr",
        ["French"] = "fr",
        ["en"] = "en",
        ["en_GB"] = "en",
        ["English"] = "en",
        ["anglais"] = "en",
        ["pt"] = "pt",
    };

    public static IReadOnlyList<string> LanguagesWritten { get; } = [.. Languages.Keys, "klingon", "fra", "1"];

    /// <param name="phones">The meaning of the cells in phone columns, by the index of the column.</param>
    /// <returns>The expected row; null for a blank row.</returns>
    public static ExpectedRow? From(
        int line, IReadOnlyList<ColumnTitle> columns, IReadOnlyList<string> cells, IReadOnlyDictionary<int, PhoneCell> phones, string? tag)
    {
        if (cells.All(string.IsNullOrWhiteSpace))
        {
            return null;
        }

        var reading = new Reading(tag);
        var column = reading.TakePhone(columns, phones);
        for (var i = 0; i < columns.Count && i < cells.Count; i++)
        {
            if (i != column && columns[i].IsStored && Plain(cells[i]) is { Length: > 0 } value)
            {
                reading.Take(columns[i], value);
            }
        }

        if (cells.Skip(columns.Count).Any(cell => !string.IsNullOrWhiteSpace(cell)))
        {
            reading.Reject("too_many_values");
        }

        reading.TakeLineBreaks(columns, cells);
        return reading.ToRow(line);
    }

    /// <summary>Removes surrounding spaces, and the formula by which spreadsheets keep leading zeros.</summary>
    private static string Plain(string cell) =>
        cell.Trim() is var text && text.StartsWith("=\"", StringComparison.Ordinal) && text.EndsWith('"') && text.Length > 2
            ? text[2..^1].Trim()
            : text;

    private sealed class Reading(string? tag)
    {
        private readonly SortedSet<string> faults = new(StringComparer.Ordinal);
        private readonly SortedDictionary<string, string> fields = new(StringComparer.Ordinal);
        private readonly SortedSet<string> tags = tag is null ? new(StringComparer.Ordinal) : new(StringComparer.Ordinal) { tag };
        private string? phone;
        private string firstName = "";
        private string lastName = "";
        private string? language;
        private bool isRejected;

        public ExpectedRow ToRow(int line) =>
            new(line, isRejected ? null : phone, [.. faults], firstName, lastName, language, fields, [.. tags]);

        /// <summary>Takes the number from the first phone column that has one.</summary>
        /// <returns>The index of the column with the number, or -1.</returns>
        public int TakePhone(IReadOnlyList<ColumnTitle> columns, IReadOnlyDictionary<int, PhoneCell> phones)
        {
            var filled = phones.Where(cell => Plain(cell.Value.Text).Length > 0)
                .OrderBy(cell => columns[cell.Key].Rank)
                .ThenBy(cell => cell.Key)
                .ToList();
            var index = filled.FindIndex(cell => cell.Value.Number is not null);
            if (index < 0)
            {
                Reject(filled.Count == 0 ? "phone_missing" : filled[0].Value.Fault!);
                return -1;
            }

            phone = filled[index].Value.Number;
            faults.UnionWith(
                filled.Take(index)
                    .Where(cell => cell.Value.Text.Any(char.IsDigit))
                    .Select(cell => $"phone_skipped:{columns[cell.Key].Name}"));
            return filled[index].Key;
        }

        public void Take(ColumnTitle column, string value)
        {
            if (value.Length > (column.Holds is ColumnContent.FirstName or ColumnContent.LastName ? MaxNameLength : MaxValueLength))
            {
                Reject($"value_too_long:{column.Name}");
            }
            else if (value.Contains('\0', StringComparison.Ordinal))
            {
                Reject($"value_unreadable:{column.Name}");
            }
            else
            {
                Store(column, value);
            }
        }

        public void TakeLineBreaks(IReadOnlyList<ColumnTitle> columns, IReadOnlyList<string> cells)
        {
            for (var i = 0; i < columns.Count && i < cells.Count; i++)
            {
                var hasLines = cells[i].Trim().IndexOfAny(['\r', '\n']) >= 0;
                if (hasLines && columns[i].Holds is ColumnContent.Phone or ColumnContent.FirstName or ColumnContent.LastName)
                {
                    Reject($"line_break:{columns[i].Name}");
                }
                else if (hasLines && cells[i].Contains(GeneratedFile.SwallowedRow, StringComparison.Ordinal))
                {
                    Reject($"rows_in_value:{columns[i].Name}");
                }
            }
        }

        public void Reject(string fault)
        {
            faults.Add(fault);
            isRejected = true;
        }

        private void Store(ColumnTitle column, string value)
        {
            switch (column.Holds)
            {
                case ColumnContent.FirstName:
                    firstName = value;
                    break;
                case ColumnContent.LastName:
                    lastName = value;
                    break;
                case ColumnContent.Language:
                    language = Languages.GetValueOrDefault(value);
                    faults.UnionWith(language is null ? ["language_unknown"] : []);
                    break;
                case ColumnContent.Tags:
                    StoreTags(value.Split(['|', ',', ';', '\u001f']).Select(part => part.Trim()).Where(part => part.Length > 0).ToList());
                    break;
                default:
                    fields[column.Name] = value;
                    break;
            }
        }

        private void StoreTags(List<string> values)
        {
            if (values.Count > MaxTags || values.Exists(value => value.Length > MaxTagLength))
            {
                Reject("tags_too_long");
            }
            else
            {
                tags.UnionWith(values);
            }
        }
    }
}
