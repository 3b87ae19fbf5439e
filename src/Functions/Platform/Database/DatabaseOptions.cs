using System.ComponentModel.DataAnnotations;
using Npgsql;

namespace Relais.Platform.Database;

/// <summary>Settings under ConnectionStrings: the database, once for each role.</summary>
internal sealed class DatabaseOptions : IValidatableObject
{
    public const string Section = "ConnectionStrings";

    /// <summary>Role relais_app: one tenant at a time.</summary>
    [Required(ErrorMessage = "{0} is missing: the connection string of the database role relais_app.")]
    public string? App { get; init; }

    /// <summary>Role relais_system: work across tenants.</summary>
    [Required(ErrorMessage = "{0} is missing: the connection string of the database role relais_system.")]
    public string? System { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        from setting in new[] { (Name: nameof(App), Text: App), (Name: nameof(System), Text: System) }
        where !string.IsNullOrWhiteSpace(setting.Text) && !IsConnectionString(setting.Text)
        select new ValidationResult($"ConnectionStrings__{setting.Name} is not a PostgreSQL connection string such as Host=…;Database=…;Username=…;Password=….");

    private static bool IsConnectionString(string text)
    {
        try
        {
            return !string.IsNullOrWhiteSpace(new NpgsqlConnectionStringBuilder(text).Host);
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException or OverflowException)
        {
            return false;
        }
    }
}
