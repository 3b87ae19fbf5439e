using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace Relais.Access.Tenants;

/// <summary>A new tenant. Without slug it is made from the name; without locale it is fr, without time zone UTC.</summary>
internal sealed record NewTenant
{
    [Required]
    public string? Name { get; init; }

    [Required]
    [Description("ISO 3166, such as GN; numbers without a calling code are of there.")]
    public string? Country { get; init; }

    [Description("Names the tenant in addresses and in X-Tenant; made from the name where it is not given.")]
    public string? Slug { get; init; }

    [AllowedValues("fr", "en")]
    public string? Locale { get; init; }

    [Description("Such as Africa/Conakry; UTC where it is not given.")]
    public string? TimeZone { get; init; }
}

/// <summary>The settings of a tenant; all of them, as a whole.</summary>
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

/// <summary>Everything that is wrong with a tenant's settings, by field. Pure: whether a time zone exists only the database knows.</summary>
internal static partial class TenantValidation
{
    /// <param name="tenant">As it was sent.</param>
    /// <param name="isZone">Whether the database knows its time zone; also where none is named.</param>
    public static Dictionary<string, string[]> Of(NewTenant tenant, bool isZone)
    {
        var faults = Of(tenant.Name, tenant.Country, tenant.Locale ?? Defaults.Locale, tenant.TimeZone ?? Defaults.TimeZone, isZone);
        if (tenant.Slug is not null && (!Slug().IsMatch(tenant.Slug) || Guid.TryParse(tenant.Slug, out _)))
        {
            faults.Add("slug", ["must be 2 to 63 of a-z, 0-9 and '-', begin with a letter or digit, and be no id"]);
        }

        return faults;
    }

    /// <inheritdoc cref="Of(NewTenant, bool)"/>
    public static Dictionary<string, string[]> Of(TenantSettings settings, bool isZone) => Of(settings.Name, settings.Country, settings.Locale, settings.TimeZone, isZone);

    private static Dictionary<string, string[]> Of(string? name, string? country, string? locale, string? timeZone, bool isZone)
    {
        var faults = new Dictionary<string, string[]>();
        if (NameValidation.Validate(name) is { Length: > 0 } ofName)
        {
            faults.Add("name", ofName);
        }

        Check("country", country is not null, "is required");
        Check("country", country is null || Country().IsMatch(country), "must be a country code such as GN");
        Check("locale", locale is not null, "is required");
        Check("locale", locale is null or "fr" or "en", "must be fr or en");
        Check("timeZone", timeZone is not null, "is required");
        Check("timeZone", isZone, "is no time zone such as Africa/Conakry");
        return faults;

        void Check(string field, bool right, string fault)
        {
            if (!right)
            {
                faults[field] = faults.TryGetValue(field, out var earlier) ? [.. earlier, fault] : [fault];
            }
        }
    }

    internal static class Defaults
    {
        public const string Locale = "fr";
        public const string TimeZone = "UTC";
    }

    [GeneratedRegex(@"^[a-z0-9][a-z0-9-]{1,62}\z")]
    private static partial Regex Slug();

    [GeneratedRegex(@"^[A-Z]{2}\z")]
    private static partial Regex Country();
}
