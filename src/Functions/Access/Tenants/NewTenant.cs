using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Relais.Access.Tenants;

/// <summary>The body of a sign-up. Defaults: a slug made from the name, the locale fr and the time zone UTC.</summary>
internal sealed record NewTenant
{
    [Required]
    public string? Name { get; init; }

    [Required]
    [Description("The ISO 3166 country code, such as GN. Phone numbers without a calling code belong to this country.")]
    public string? Country { get; init; }

    [Description("The short name of the tenant in URLs and in X-Tenant. Without it, the app makes a slug from the name.")]
    public string? Slug { get; init; }

    [AllowedValues("fr", "en")]
    public string? Locale { get; init; }

    [Description("The time zone, such as Africa/Conakry. The default is UTC.")]
    public string? TimeZone { get; init; }
}
