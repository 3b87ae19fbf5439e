using Relais.Contacts;
using Relais.Platform.Http;

namespace Relais.Campaigns.Run;

/// <summary>A contact of an audience, as it is when the campaign starts.</summary>
internal sealed record AudienceContact
{
    public required Guid Id { get; init; }
    public required string FirstName { get; init; }
    public required string LastName { get; init; }
    public string? Language { get; init; }
    public required string Fields { get; init; }
    public string? Phone { get; init; }
    public bool Suppressed { get; init; }

    /// <returns>The values for placeholders by field name.</returns>
    public Dictionary<string, string> Values()
    {
        var values = Json.Read<Dictionary<string, string>>(Fields);
        values[FieldName.FirstName] = FirstName;
        values[FieldName.LastName] = LastName;
        values[FieldName.Phone] = Phone ?? "";
        values[FieldName.Language] = Language ?? "";
        return values;
    }
}
