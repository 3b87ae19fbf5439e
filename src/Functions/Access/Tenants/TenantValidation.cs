using System.Text.RegularExpressions;

namespace Relais.Access.Tenants;

/// <summary>
/// Validates the settings of a tenant. Pure: the caller asks the database whether it knows the time zone and passes the answer.
/// </summary>
internal static partial class TenantValidation
{
    /// <param name="tenant">The body of the request.</param>
    /// <param name="isKnownTimeZone">True if the database knows the time zone of the request, or if the request names none.</param>
    /// <returns>The faults by field; empty if the settings are valid.</returns>
    public static Dictionary<string, string[]> Validate(NewTenant tenant, bool isKnownTimeZone)
    {
        var faults = Validate(
            tenant.Name, tenant.Country, tenant.Locale ?? Defaults.Locale, tenant.TimeZone ?? Defaults.TimeZone, isKnownTimeZone);
        if (tenant.Slug is not null && (!Slug().IsMatch(tenant.Slug) || Guid.TryParse(tenant.Slug, out _)))
        {
            faults.Add("slug", ["must be 2 to 63 of the characters a-z, 0-9 and '-', begin with a letter or digit, and not be a UUID"]);
        }

        return faults;
    }

    /// <param name="settings">The body of the request.</param>
    /// <param name="isKnownTimeZone">True if the database knows the time zone of the request, or if the request names none.</param>
    /// <returns>The faults by field; empty if the settings are valid.</returns>
    public static Dictionary<string, string[]> Validate(TenantSettings settings, bool isKnownTimeZone) =>
        Validate(settings.Name, settings.Country, settings.Locale, settings.TimeZone, isKnownTimeZone);

    private static Dictionary<string, string[]> Validate(
        string? name, string? country, string? locale, string? timeZone, bool isKnownTimeZone)
    {
        var faults = new Dictionary<string, string[]>();
        if (NameValidation.Validate(name) is { Length: > 0 } nameFaults)
        {
            faults.Add("name", nameFaults);
        }

        Check("country", country is not null, "is required");
        Check("country", country is null || Country().IsMatch(country), "must be a country code such as GN");
        Check("locale", locale is not null, "is required");
        Check("locale", locale is null or "fr" or "en", "must be fr or en");
        Check("timeZone", timeZone is not null, "is required");
        Check("timeZone", isKnownTimeZone, "is not a known time zone, such as Africa/Conakry");
        return faults;

        void Check(string field, bool isValid, string fault)
        {
            if (!isValid)
            {
                faults[field] = faults.TryGetValue(field, out var existing) ? [.. existing, fault] : [fault];
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
