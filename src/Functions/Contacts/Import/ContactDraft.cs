using Relais.Platform;

namespace Relais.Contacts.Import;

/// <summary>The data of a contact in one row of the file.</summary>
internal sealed class ContactDraft
{
    public const int MaxNameLength = 200;
    public const int MaxValueLength = 1_000;
    public const int MaxTagLength = 64;
    public const int MaxTags = 50;

    /// <summary>The warning for a row whose tags did not all fit.</summary>
    public const string TagsFull = "tags_full";

    private static readonly Dictionary<string, string> Languages = new(StringComparer.OrdinalIgnoreCase)
    {
        ["francais"] = "fr",
        ["french"] = "fr",
        ["anglais"] = "en",
        ["english"] = "en",
    };

    // ContactBatch joins tags with the last of these characters.
    private static readonly char[] TagSeparators = ['|', ',', ';', '\u001f'];

    private string? importTag;

    public string Phone { get; private set; } = "";

    /// <summary>The address key of the number: drafts with the same key are about the same person.</summary>
    public string Key => AddressKey.From(Phone);

    public string FirstName { get; private set; } = "";

    public string LastName { get; private set; } = "";

    public string? Language { get; private set; }

    public SortedDictionary<string, string> Fields { get; } = new(StringComparer.Ordinal);

    public SortedSet<string> Tags { get; } = new(StringComparer.Ordinal);

    /// <summary>The tag of the import comes first, so that it is kept when not all tags fit: campaigns select contacts by it.</summary>
    public IEnumerable<string> TagsInOrder => Tags.OrderBy(tag => tag != importTag);

    /// <summary>The fault codes; a colon and the column follow where a fault concerns one column.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>Whether the row is not imported, because its number or a value is not usable. Other faults only lose a value.</summary>
    public bool Rejected { get; private set; }

    /// <param name="phone">The number of the row.</param>
    /// <param name="tag">The tag of the import; null when it has none.</param>
    public static ContactDraft From(CsvRecord record, ImportColumns columns, PhoneChoice phone, string? tag)
    {
        var draft = new ContactDraft { Phone = phone.Number ?? "", importTag = tag };
        draft.Faults.AddRange(phone.Faults);
        draft.Rejected = phone.Number is null;
        draft.AddTags(tag is null ? [] : [tag]);
        foreach (var (name, value) in columns.Values(record).Concat(OtherNumbers(record, columns, phone)))
        {
            draft.SetField(name, value);
        }

        if (columns.HasExtraValues(record))
        {
            draft.Reject("too_many_values");
        }

        if (EmbeddedRows.FindFault(record, columns) is { } fault)
        {
            draft.Reject(fault);
        }

        return draft;
    }

    /// <summary>Merges a later row about the same person: its values replace those of this row, its tags and fields are added.</summary>
    /// <returns>False when not all tags fit.</returns>
    public bool Merge(ContactDraft later)
    {
        FirstName = later.FirstName.Length > 0 ? later.FirstName : FirstName;
        LastName = later.LastName.Length > 0 ? later.LastName : LastName;
        Language = later.Language ?? Language;
        foreach (var (name, value) in later.Fields)
        {
            Fields[name] = value;
        }

        return AddTags(later.Tags);
    }

    private static IEnumerable<(string Name, string Value)> OtherNumbers(CsvRecord record, ImportColumns columns, PhoneChoice phone) =>
        columns.Phones
            .Where(column => column != phone.Column && columns.IsStoredAsField(column))
            .Select(column => (Name: columns.ColumnName(column), Value: ImportColumns.ReadValue(record, column)))
            .Where(field => field.Value.Length > 0);

    private void SetField(string name, string value)
    {
        var maxLength = name is FieldName.FirstName or FieldName.LastName ? MaxNameLength : MaxValueLength;
        if (value.Length > maxLength)
        {
            Reject($"value_too_long:{name}");
        }
        else if (value.Contains('\0', StringComparison.Ordinal))
        {
            Reject($"value_unreadable:{name}");
        }
        else
        {
            Set(name, value);
        }
    }

    private void Set(string name, string value)
    {
        switch (name)
        {
            case FieldName.FirstName:
                FirstName = value;
                break;
            case FieldName.LastName:
                LastName = value;
                break;
            case FieldName.Language:
                SetLanguage(value);
                break;
            case FieldName.Tags:
                AddTagsFrom(value);
                break;
            default:
                Fields[name] = value;
                break;
        }
    }

    private void SetLanguage(string value)
    {
        var name = FieldName.ToSnakeCase(value);
        Language = Languages.GetValueOrDefault(name)
            ?? (name.Split('_')[0] is { Length: 2 } code && code.All(char.IsAsciiLetter) ? code : null);
        if (Language is null)
        {
            Faults.Add("language_unknown");
        }
    }

    private void AddTagsFrom(string value)
    {
        var tags = value.Split(TagSeparators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (tags.Length > MaxTags || Array.Exists(tags, tag => tag.Length > MaxTagLength))
        {
            Reject("tags_too_long");
        }
        else if (!AddTags(tags))
        {
            Faults.Add(TagsFull);
        }
    }

    /// <returns>False when tags were left out because there are too many.</returns>
    private bool AddTags(IEnumerable<string> tags)
    {
        foreach (var tag in tags)
        {
            if (!Tags.Contains(tag) && Tags.Count == MaxTags)
            {
                return false;
            }

            Tags.Add(tag);
        }

        return true;
    }

    private void Reject(string fault)
    {
        Faults.Add(fault);
        Rejected = true;
    }
}
