using Relais.Platform.Http;

namespace Relais.Contacts;

internal sealed record ContactView(
    Guid Id, string? Phone, string FirstName, string LastName, string? Language,
    IReadOnlyDictionary<string, string> Fields, IReadOnlyList<string> Tags,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

internal sealed record ContactRow
{
    public const string SelectContacts = """
        select c.id, c.first_name, c.last_name, c.language, c.fields::text, c.tags, c.created_at, c.updated_at
        from contacts c
        """;

    public required Guid Id { get; init; }
    public required string FirstName { get; init; }
    public required string LastName { get; init; }
    public string? Language { get; init; }
    public required string Fields { get; init; }
    public required string[] Tags { get; init; }
    public required DateTime CreatedAt { get; init; }
    public required DateTime UpdatedAt { get; init; }

    public ContactView ToView(string? phone) =>
        new(Id, phone, FirstName, LastName, Language, Json.Read<Dictionary<string, string>>(Fields), Tags, CreatedAt, UpdatedAt);
}
