namespace Functions.Tests.Contacts.Generated;

/// <summary>The contacts that the tenant must have after the rows of a file were imported.</summary>
internal sealed class ExpectedContacts
{
    private readonly Dictionary<string, Contact> byNumber = new(StringComparer.Ordinal);
    private readonly List<Contact> contacts = [];

    public ExpectedContacts(IEnumerable<StoredContact> stored)
    {
        foreach (var contact in stored)
        {
            var fields = new Dictionary<string, string>(contact.Fields, StringComparer.Ordinal);
            Add(
                new Contact(
                    contact.Numbers,
                    contact.FirstName,
                    contact.LastName,
                    contact.Language,
                    fields,
                    new(contact.Tags, StringComparer.Ordinal)));
        }
    }

    /// <summary>Applies the rows to the contacts.</summary>
    /// <returns>The expected outcome of each row.</returns>
    public List<string> Take(IEnumerable<ExpectedRow> rows)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return [.. rows.Select(row => row.Phone is null ? "rejected" : Take(row, row.Phone, seen))];
    }

    /// <summary>Returns a text for each contact, in ordinal order.</summary>
    public IEnumerable<string> Described() => contacts
        .Select(
            contact => Describe(
                contact.Numbers.Min(StringComparer.Ordinal),
                contact.FirstName,
                contact.LastName,
                contact.Language,
                contact.Fields,
                contact.Tags))
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
        var exists = byNumber.TryGetValue(phone, out var contact);
        contact ??= Add(new Contact([phone], "", "", null, new(StringComparer.Ordinal), new(StringComparer.Ordinal)));
        contact.FirstName = row.FirstName.Length > 0 ? row.FirstName : contact.FirstName;
        contact.LastName = row.LastName.Length > 0 ? row.LastName : contact.LastName;
        contact.Language = row.Language ?? contact.Language;
        contact.Tags.UnionWith(row.Tags);
        foreach (var (name, value) in row.Fields)
        {
            contact.Fields[name] = value;
        }

        return !seen.Add(phone) ? "duplicate" : exists ? "updated" : "created";
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
