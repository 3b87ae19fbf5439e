using System.Globalization;
using System.Text.RegularExpressions;

namespace Relais.Contacts.Import;

/// <summary>Which column of the file is which field of a contact.</summary>
internal sealed partial class ImportColumns
{
    private const int MaxColumns = 100;
    private const int MaxTitlesShown = 30;
    private readonly CsvRecord header;
    private readonly char delimiter;
    private readonly Func<string, bool> isNumber;
    private readonly int[] phones;
    private readonly string[] names;

    private ImportColumns(CsvRecord header, char delimiter, Func<string, bool> isNumber, int[] phones)
    {
        (this.header, this.delimiter, this.isNumber, this.phones) = (header, delimiter, isNumber, phones);
        names = FieldNames(header, phones);
    }

    public int Count => names.Length;

    /// <summary>The indexes of the columns that hold the contact's number, the one that is taken first at the beginning.</summary>
    public IReadOnlyList<int> Phones => phones;

    public IEnumerable<string> PhoneTitles => phones.Select(index => header.Values[index].Trim());

    /// <param name="phoneColumn">The title of the column with the numbers, as the caller named it.</param>
    /// <param name="isNumber">Tells rows from titles and from the lines of a text.</param>
    public static ImportColumns From(CsvRecord header, char delimiter, string? phoneColumn, Func<string, bool> isNumber)
    {
        if (header.Values.Length > MaxColumns)
        {
            throw new FileFault(header.Line, "file_too_many_columns", MaxColumns.ToString(CultureInfo.InvariantCulture));
        }

        if (header.Values.All(title => FieldName.ToSnakeCase(title).Length == 0))
        {
            throw new FileFault(1, "file_empty");
        }

        var phones = FindPhoneColumns(header.Values, phoneColumn);
        if (phones.Length == 0)
        {
            throw header.Values.Any(isNumber) ? new FileFault(header.Line, "file_without_titles")
                : phoneColumn is null ? new FileFault(header.Line, "file_without_phone_column", ListTitles(header))
                : new FileFault(header.Line, "file_without_named_column", phoneColumn, ListTitles(header));
        }

        return new ImportColumns(header, delimiter, isNumber, phones);
    }

    /// <summary>How clearly one of the titles is that of a phone column, 1 most.</summary>
    public static int RankTitles(string[] titles, string? phoneColumn) => FindPhoneColumns(titles, phoneColumn) switch
    {
        [] => int.MaxValue,
        [var first, ..] => Import.PhoneTitles.Rank(titles[first]) ?? 1,
    };

    /// <summary>The values of a record by field name, without those of the phone columns; empty ones left out.</summary>
    public IEnumerable<(string Name, string Value)> Values(CsvRecord record)
    {
        for (var i = 0; i < Math.Min(names.Length, record.Values.Length); i++)
        {
            if (names[i].Length > 0 && Array.IndexOf(phones, i) < 0 && ReadValue(record, i) is { Length: > 0 } value)
            {
                yield return (names[i], value);
            }
        }
    }

    /// <summary>A spreadsheet's <c>="0620"</c>, which keeps the zero, is the text in it.</summary>
    public static string ReadValue(CsvRecord record, int column) =>
        column < record.Values.Length && record.Values[column].Trim() is var value
            ? value.StartsWith("=\"", StringComparison.Ordinal) && value.Length > 2 && value[^1] == '"' ? value[2..^1].Trim() : value
            : "";

    /// <summary>What faults call a column; its place in the row when it has no title.</summary>
    public string ColumnName(int column) =>
        column < names.Length && names[column].Length > 0 ? names[column]
        : column < names.Length && FieldName.ToSnakeCase(header.Values[column]) is { Length: > 0 } title ? title
        : (column + 1).ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether the value of a phone column is stored when another column has the number.</summary>
    public bool IsStored(int column) => names[column].Length > 0;

    /// <summary>Numbers and names have no line breaks.</summary>
    public bool IsOneLine(int column) =>
        Array.IndexOf(phones, column) >= 0 || (column < names.Length && names[column] is FieldName.FirstName or FieldName.LastName);

    /// <summary>Whether a line within a value looks like a row of the file.</summary>
    public bool LooksLikeRow(string line)
    {
        var cells = line.Split(delimiter);
        return (cells.Length == Count && Count > 2)
            || (cells.Length > 1 && phones.Any(column => column < cells.Length && isNumber(cells[column].Trim(' ', '"'))));
    }

    public bool HasMore(CsvRecord record) => record.Values.Skip(names.Length).Any(value => !string.IsNullOrWhiteSpace(value));

    private static int[] FindPhoneColumns(string[] titles, string? phoneColumn) =>
        phoneColumn is null ? Recognised(titles) : Named(titles, phoneColumn);

    private static int[] Recognised(string[] titles)
    {
        var ranked = titles
            .Select((title, index) => (Rank: Import.PhoneTitles.Rank(title), Index: index))
            .Where(column => column.Rank is not null)
            .OrderBy(column => column.Rank)
            .ToList();
        // a title with unknown words may be about somebody else's number, and is taken only for lack of another
        return [.. ranked
            .Where(column => column.Rank < Import.PhoneTitles.Unclear || ranked[0].Rank == Import.PhoneTitles.Unclear)
            .Select(column => column.Index)];
    }

    private static int[] Named(string[] titles, string phoneColumn) =>
        FieldName.ToSnakeCase(phoneColumn) is { Length: > 0 } name
            ? [.. Enumerable.Range(0, titles.Length).Where(index => FieldName.ToSnakeCase(titles[index]) == name)]
            : [];

    private static string[] FieldNames(CsvRecord header, int[] phones)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal) { FieldName.Phone };
        return [.. header.Values.Select((title, index) =>
        {
            var isPhone = Array.IndexOf(phones, index) >= 0;
            var name = isPhone || FieldName.Normalise(title) == FieldName.Phone ? FieldName.ToSnakeCase(title) : FieldName.Normalise(title);
            name = name.Length > FieldName.MaxLength ? name[..FieldName.MaxLength].TrimEnd('_') : name;
            return name.Length == 0 || taken.Add(name) ? name
                // a number that is not taken is stored under its own title, once
                : isPhone || name == FieldName.Phone ? ""
                : throw new FileFault(header.Line, "file_column_twice", name);
        })];
    }

    /// <summary>The titles found, shortened; a first line that is none may hold numbers.</summary>
    private static string ListTitles(CsvRecord header) => string.Join(", ", header.Values
        .Where(title => !string.IsNullOrWhiteSpace(title))
        .Take(MaxTitlesShown)
        .Select(title => LongNumber().Replace(title.Trim() is { Length: > 60 } text ? $"{text[..60]}…" : title.Trim(), "…"))
        .Select(title => $"« {title} »"));

    [GeneratedRegex("[0-9][0-9 .-]{4,}[0-9]", RegexOptions.CultureInvariant)]
    private static partial Regex LongNumber();
}
