using System.ComponentModel.DataAnnotations;

namespace Relais.Access.Tenants;

/// <summary>The settings of a tenant. A request must contain all of them.</summary>
internal sealed record TenantSettings
{
    [Required]
    public string? Name { get; init; }

    [Required]
    public string? Country { get; init; }

    [Required]
    [AllowedValues("fr", "en")]
    public string? Locale { get; init; }

    [Required]
    public string? TimeZone { get; init; }
}
