using System.Globalization;
using System.Text.RegularExpressions;

namespace Relais.Contacts.Import;

/// <summary>Maps the columns of the file to the fields of a contact.</summary>
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

    /// <summary>The indexes of the columns that may hold the contact's number, the preferred column first.</summary>
    public IReadOnlyList<int> Phones => phones;

    public IEnumerable<string> PhoneTitles => phones.Select(index => header.Values[index].Trim());

    /// <param name="phoneColumn">The title of the column with the numbers; null when it is to be recognised.</param>
    /// <param name="isNumber">Whether a text is a phone number, which distinguishes rows from titles and from lines of a value.</param>
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

    /// <returns>How clearly the best title is that of a phone column: 1 is clearest, int.MaxValue means that there is none.</returns>
    public static int RankTitles(string[] titles, string? phoneColumn) => FindPhoneColumns(titles, phoneColumn) switch
    {
        [] => int.MaxValue,
        [var first, ..] => Import.PhoneTitles.Rank(titles[first]) ?? 1,
    };

    /// <summary>Returns the values of a record by field name, without empty values and without the phone columns.</summary>
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

    /// <summary>Reads a value. Of <c>="0620"</c>, which spreadsheets write to keep the zero, returns the text inside.</summary>
    public static string ReadValue(CsvRecord record, int column) =>
        column < record.Values.Length && record.Values[column].Trim() is var value
            ? value.StartsWith("=\"", StringComparison.Ordinal) && value.Length > 2 && value[^1] == '"' ? value[2..^1].Trim() : value
            : "";

    /// <returns>The name of a column in faults: field name, title or, when it has no title, its number from 1.</returns>
    public string ColumnName(int column) =>
        column < names.Length && names[column].Length > 0 ? names[column]
        : column < names.Length && FieldName.ToSnakeCase(header.Values[column]) is { Length: > 0 } title ? title
        : (column + 1).ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether the value of a phone column is stored when another column has the number.</summary>
    public bool IsStoredAsField(int column) => names[column].Length > 0;

    /// <summary>Whether values of the column must not have a line break: numbers and names.</summary>
    public bool ForbidsLineBreaks(int column) =>
        Array.IndexOf(phones, column) >= 0 || (column < names.Length && names[column] is FieldName.FirstName or FieldName.LastName);

    /// <summary>Whether a line within a value looks like a row of the file.</summary>
    public bool LooksLikeRow(string line)
    {
        var cells = line.Split(delimiter);
        return (cells.Length == Count && Count > 2)
            || (cells.Length > 1 && phones.Any(column => column < cells.Length && isNumber(cells[column].Trim(' ', '"'))));
    }

    /// <summary>Whether the record has values after the last column.</summary>
    public bool HasExtraValues(CsvRecord record) => record.Values.Skip(names.Length).Any(value => !string.IsNullOrWhiteSpace(value));

    private static int[] FindPhoneColumns(string[] titles, string? phoneColumn) =>
        phoneColumn is null ? RecognisePhoneColumns(titles) : FindColumnsNamed(titles, phoneColumn);

    private static int[] RecognisePhoneColumns(string[] titles)
    {
        var ranked = titles
            .Select((title, index) => (Rank: Import.PhoneTitles.Rank(title), Index: index))
            .Where(column => column.Rank is not null)
            .OrderBy(column => column.Rank)
            .ToList();
        // A column whose title has unknown words may hold the number of another person: use it only if there is no other phone column.
        return [.. ranked
            .Where(column => column.Rank < Import.PhoneTitles.UnclearRank || ranked[0].Rank == Import.PhoneTitles.UnclearRank)
            .Select(column => column.Index)];
    }

    private static int[] FindColumnsNamed(string[] titles, string phoneColumn) =>
        FieldName.ToSnakeCase(phoneColumn) is { Length: > 0 } name
            ? [.. Enumerable.Range(0, titles.Length).Where(index => FieldName.ToSnakeCase(titles[index]) == name)]
            : [];

    private static string[] FieldNames(CsvRecord header, int[] phones)
    {
        var used = new HashSet<string>(StringComparer.Ordinal) { FieldName.Phone };
        return [.. header.Values.Select((title, index) =>
        {
            var isPhone = Array.IndexOf(phones, index) >= 0;
            var name = isPhone || FieldName.Normalise(title) == FieldName.Phone ? FieldName.ToSnakeCase(title) : FieldName.Normalise(title);
            name = name.Length > FieldName.MaxLength ? name[..FieldName.MaxLength].TrimEnd('_') : name;
            return name.Length == 0 || used.Add(name) ? name
                // A phone column whose number is not used is stored as a field under its title; a second column with that title is not.
                : isPhone || name == FieldName.Phone ? ""
                : throw new FileFault(header.Line, "file_column_twice", name);
        })];
    }

    /// <summary>
    /// The titles for the fault text, shortened. Long numbers are removed, because the first line may be a contact instead of titles.
    /// </summary>
    private static string ListTitles(CsvRecord header) => string.Join(", ", header.Values
        .Where(title => !string.IsNullOrWhiteSpace(title))
        .Take(MaxTitlesShown)
        .Select(title => LongNumber().Replace(title.Trim() is { Length: > 60 } text ? $"{text[..60]}…" : title.Trim(), "…"))
        .Select(title => $"« {title} »"));

    [GeneratedRegex("[0-9][0-9 .-]{4,}[0-9]", RegexOptions.CultureInvariant)]
    private static partial Regex LongNumber();
}
