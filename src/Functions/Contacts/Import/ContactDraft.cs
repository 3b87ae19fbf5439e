using Relais.Platform;

namespace Relais.Contacts.Import;

/// <summary>What one row says about a contact.</summary>
internal sealed class ContactDraft
{
    public const int LongestName = 200;
    public const int LongestValue = 1_000;
    public const int LongestTag = 64;
    public const int MostTags = 50;

    private static readonly Dictionary<string, string> Languages = new(StringComparer.OrdinalIgnoreCase)
    {
        ["francais"] = "fr",
        ["french"] = "fr",
        ["anglais"] = "en",
        ["english"] = "en",
    };

    public string Phone { get; private set; } = "";

    /// <summary>Drafts with one key are about one person.</summary>
    public string Key => AddressKey.Of(Phone);

    public string FirstName { get; private set; } = "";

    public string LastName { get; private set; } = "";

    public string? Language { get; private set; }

    public SortedDictionary<string, string> Fields { get; } = new(StringComparer.Ordinal);

    public SortedSet<string> Tags { get; } = new(StringComparer.Ordinal);

    /// <summary>Codes of what is wrong, with the column after a colon.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>A row whose number or values cannot be taken is left out; other faults only lose a value.</summary>
    public bool Rejected { get; private set; }

    public static ContactDraft From(CsvRecord record, Columns columns, string country, string? tag)
    {
        var draft = new ContactDraft();
        var values = columns.Values(record).ToList();
        draft.TakePhone(values.FirstOrDefault(value => value.Name == FieldName.Phone).Value ?? "", country);
        foreach (var (name, value) in values.Where(value => value.Name != FieldName.Phone))
        {
            draft.Take(name, value);
        }

        if (columns.HasMore(record))
        {
            draft.Reject("too_many_values");
        }

        if (tag is not null)
        {
            draft.Tags.Add(tag);
        }

        return draft;
    }

    /// <summary>A later row about the same number: what it says replaces, what it adds is added.</summary>
    public void Merge(ContactDraft later)
    {
        FirstName = later.FirstName.Length > 0 ? later.FirstName : FirstName;
        LastName = later.LastName.Length > 0 ? later.LastName : LastName;
        Language = later.Language ?? Language;
        Tags.UnionWith(later.Tags);
        foreach (var (name, value) in later.Fields)
        {
            Fields[name] = value;
        }
    }

    private void TakePhone(string written, string country)
    {
        var reading = PhoneReading.Of(written, country);
        Phone = reading.Number ?? "";
        if (reading.Fault is not null)
        {
            Reject(reading.Fault);
        }
    }

    private void Take(string name, string value)
    {
        var longest = name is FieldName.FirstName or FieldName.LastName ? LongestName : LongestValue;
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
                TakeLanguage(value);
                break;
            case FieldName.Tags:
                TakeTags(value);
                break;
            default:
                Fields[name] = value;
                break;
        }
    }

    private void TakeLanguage(string value)
    {
        var plain = FieldName.Plain(value);
        Language = Languages.GetValueOrDefault(plain) ?? (plain.Split('_')[0] is { Length: 2 } code && code.All(char.IsAsciiLetter) ? code : null);
        if (Language is null)
        {
            Faults.Add("language_unknown");
        }
    }

    private void TakeTags(string value)
    {
        Tags.UnionWith(value.Split(['|', ',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        if (Tags.Count > MostTags || Tags.Any(tag => tag.Length > LongestTag))
        {
            Reject("tags_too_long");
        }
    }

    private void Reject(string fault)
    {
        Faults.Add(fault);
        Rejected = true;
    }
}
