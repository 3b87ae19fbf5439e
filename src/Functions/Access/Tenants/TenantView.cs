namespace Relais.Access.Tenants;

/// <summary>A tenant in the API's responses.</summary>
internal sealed record TenantView
{
    public const string Columns = "id, slug, name, country, locale, time_zone, created_at";

    public required Guid Id { get; init; }
    public required string Slug { get; init; }
    public required string Name { get; init; }
    public required string Country { get; init; }
    public required string Locale { get; init; }
    public required string TimeZone { get; init; }
    public required DateTime CreatedAt { get; init; }

    /// <summary>Returns the settings for the audit trail.</summary>
    public object ToAuditSettings() => new { Name, Country, Locale, TimeZone };
}
