namespace Relais.Contacts.Import;

/// <summary>Which column of the file is which field of a contact.</summary>
internal sealed class Columns
{
    private const int Most = 100;
    private readonly string?[] names;

    private Columns(string?[] names) => this.names = names;

    public int Count => names.Length;

    public static Columns From(CsvRecord header)
    {
        if (header.Values.Length > Most)
        {
            throw new CsvFault(header.Line, $"has more than {Most} columns");
        }

        var taken = new HashSet<string>(StringComparer.Ordinal);
        var names = header.Values.Select(title => Name(title, taken, header.Line)).ToArray();
        return taken.Contains(FieldName.Phone)
            ? new Columns(names)
            : throw new CsvFault(header.Line, "has no column for the phone number, such as \"téléphone\" or \"phone\"");
    }

    /// <summary>The values of a record by field name; empty ones left out.</summary>
    public IEnumerable<(string Name, string Value)> Values(CsvRecord record)
    {
        for (var i = 0; i < Math.Min(names.Length, record.Values.Length); i++)
        {
            if (names[i] is { } name && record.Values[i].Trim() is { Length: > 0 } value)
            {
                yield return (name, value);
            }
        }
    }

    public bool HasMore(CsvRecord record) => record.Values.Skip(names.Length).Any(value => !string.IsNullOrWhiteSpace(value));

    private static string? Name(string title, HashSet<string> taken, int line)
    {
        if (FieldName.Of(title) is not { Length: > 0 } name)
        {
            return null;
        }

        // a second phone column is a field under its own name
        if (taken.Contains(name))
        {
            name = FieldName.Plain(title);
        }

        return name.Length > FieldName.MaxLength ? throw new CsvFault(line, $"has a column name of more than {FieldName.MaxLength} characters")
            : taken.Add(name) ? name
            : throw new CsvFault(line, $"has the column \"{name}\" twice");
    }
}
