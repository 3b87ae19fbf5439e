using Relais.Platform;

namespace Relais.Contacts.Import;

/// <summary>What one row says about a contact.</summary>
internal sealed class ContactDraft
{
    public const int MaxNameLength = 200;
    public const int MaxValueLength = 1_000;
    public const int MaxTagLength = 64;
    public const int MaxTags = 50;

    /// <summary>The warning of a row some of whose tags were left out.</summary>
    public const string TagsFull = "tags_full";

    private static readonly Dictionary<string, string> Languages = new(StringComparer.OrdinalIgnoreCase)
    {
        ["francais"] = "fr",
        ["french"] = "fr",
        ["anglais"] = "en",
        ["english"] = "en",
    };

    // the last one stands between the tags on their way to the database
    private static readonly char[] TagSeparators = ['|', ',', ';', '\u001f'];

    private string? importTag;

    public string Phone { get; private set; } = "";

    /// <summary>Drafts with one key are about one person.</summary>
    public string Key => AddressKey.From(Phone);

    public string FirstName { get; private set; } = "";

    public string LastName { get; private set; } = "";

    public string? Language { get; private set; }

    public SortedDictionary<string, string> Fields { get; } = new(StringComparer.Ordinal);

    public SortedSet<string> Tags { get; } = new(StringComparer.Ordinal);

    /// <summary>First the tag of the import, by which the audience of a campaign is chosen: where not all fit, it does.</summary>
    public IEnumerable<string> TagsInOrder => Tags.OrderBy(tag => tag != importTag);

    /// <summary>Codes of what is wrong, with the column after a colon.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>A row whose number or values cannot be taken is left out; other faults only lose a value.</summary>
    public bool Rejected { get; private set; }

    /// <param name="phone">The number of the row, which was read before.</param>
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

        if (columns.HasMore(record))
        {
            draft.Reject("too_many_values");
        }

        if (EmbeddedRows.FindFault(record, columns) is { } fault)
        {
            draft.Reject(fault);
        }

        return draft;
    }

    /// <summary>A later row about the same number: its values replace, its tags and fields are added. False when not all of its tags fit.</summary>
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
            .Where(column => column != phone.Column && columns.IsStored(column))
            .Select(column => (Name: columns.ColumnName(column), Value: ImportColumns.ReadValue(record, column)))
            .Where(field => field.Value.Length > 0);

    private void SetField(string name, string value)
    {
        var longest = name is FieldName.FirstName or FieldName.LastName ? MaxNameLength : MaxValueLength;
        if (value.Length > longest)
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
        var plain = FieldName.ToSnakeCase(value);
        Language = Languages.GetValueOrDefault(plain) ?? (plain.Split('_')[0] is { Length: 2 } code && code.All(char.IsAsciiLetter) ? code : null);
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

    /// <summary>False when there are too many: what does not fit is left out.</summary>
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
