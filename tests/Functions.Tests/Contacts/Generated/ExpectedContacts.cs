namespace Functions.Tests.Contacts.Generated;

/// <summary>The contacts of the tenant, as they must be after the rows of a file.</summary>
internal sealed class ExpectedContacts
{
    private readonly Dictionary<string, Contact> byNumber = new(StringComparer.Ordinal);
    private readonly List<Contact> contacts = [];

    public ExpectedContacts(IEnumerable<StoredContact> stored)
    {
        foreach (var one in stored)
        {
            var fields = new Dictionary<string, string>(one.Fields, StringComparer.Ordinal);
            Add(new Contact(one.Numbers, one.FirstName, one.LastName, one.Language, fields, new(one.Tags, StringComparer.Ordinal)));
        }
    }

    /// <returns>The outcomes of the rows.</returns>
    public List<string> Take(IEnumerable<ExpectedRow> rows)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return [.. rows.Select(row => row.Phone is null ? "rejected" : Take(row, row.Phone, seen))];
    }

    /// <summary>One text for each contact, in the order of their numbers.</summary>
    public IEnumerable<string> Described() => contacts
        .Select(one => Describe(one.Numbers.Min(StringComparer.Ordinal), one.FirstName, one.LastName, one.Language, one.Fields, one.Tags))
        .Order(StringComparer.Ordinal);

    public static string Describe(
        string? phone, string firstName, string lastName, string? language,
        IEnumerable<KeyValuePair<string, string>> fields, IEnumerable<string> tags)
    {
        var values = fields.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => $"{field.Key}={field.Value}");
        return string.Join(
            " | ", phone, firstName, lastName, language, string.Join(", ", values), string.Join(", ", tags.Order(StringComparer.Ordinal)));
    }

    private string Take(ExpectedRow row, string phone, HashSet<string> seen)
    {
        var isKnown = byNumber.TryGetValue(phone, out var contact);
        contact ??= Add(new Contact([phone], "", "", null, new(StringComparer.Ordinal), new(StringComparer.Ordinal)));
        contact.FirstName = row.FirstName.Length > 0 ? row.FirstName : contact.FirstName;
        contact.LastName = row.LastName.Length > 0 ? row.LastName : contact.LastName;
        contact.Language = row.Language ?? contact.Language;
        contact.Tags.UnionWith(row.Tags);
        foreach (var (name, value) in row.Fields)
        {
            contact.Fields[name] = value;
        }

        return !seen.Add(phone) ? "duplicate" : isKnown ? "updated" : "created";
    }

    private Contact Add(Contact contact)
    {
        contacts.Add(contact);
        foreach (var number in contact.Numbers)
        {
            byNumber.Add(number, contact);
        }

        return contact;
    }

    private sealed class Contact(
        IReadOnlyList<string> numbers, string firstName, string lastName, string? language,
        Dictionary<string, string> fields, HashSet<string> tags)
    {
        public IReadOnlyList<string> Numbers => numbers;

        public string FirstName { get; set; } = firstName;

        public string LastName { get; set; } = lastName;

        public string? Language { get; set; } = language;

        public Dictionary<string, string> Fields => fields;

        public HashSet<string> Tags => tags;
    }
}
