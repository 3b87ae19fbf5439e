using System.ComponentModel.DataAnnotations;
using Npgsql;

namespace Relais.Platform.Database;

/// <summary>Settings under ConnectionStrings: one connection string per database role.</summary>
internal sealed class DatabaseOptions : IValidatableObject
{
    public const string Section = "ConnectionStrings";

    /// <summary>Connection string of the role relais_app, which reads and writes the rows of one tenant at a time.</summary>
    [Required(ErrorMessage = "{0} is missing: the connection string of the database role relais_app.")]
    public string? App { get; init; }

    /// <summary>Connection string of the role relais_system, which works across tenants.</summary>
    [Required(ErrorMessage = "{0} is missing: the connection string of the database role relais_system.")]
    public string? System { get; init; }

    /// <summary>Client id of the managed identity of relais_app. Null or empty: the connection string holds the password.</summary>
    public string? AppIdentity { get; init; }

    /// <summary>Client id of the managed identity of relais_system. Null or empty: the connection string holds the password.</summary>
    public string? SystemIdentity { get; init; }

    public DatabaseLogin ForApp() => new(App!, AppIdentity);

    public DatabaseLogin ForSystem() => new(System!, SystemIdentity);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        FindFaults(nameof(App), App, AppIdentity)
            .Concat(FindFaults(nameof(System), System, SystemIdentity))
            .Select(fault => new ValidationResult(fault));

    private static IEnumerable<string> FindFaults(string name, string? connectionString, string? identity)
    {
        var server = TryParse(connectionString);
        if (server is null && !string.IsNullOrWhiteSpace(connectionString))
        {
            yield return $"ConnectionStrings__{name} is not a PostgreSQL connection string " +
                "such as Host=…;Database=…;Username=…;Password=….";
        }

        if (string.IsNullOrWhiteSpace(identity))
        {
            yield break;
        }

        if (!ManagedIdentities.IsClientId(identity))
        {
            yield return $"ConnectionStrings__{name}Identity is not the client id of a managed identity. " +
                "Correct it, or remove it to sign in with a password.";
        }
        else if (!string.IsNullOrEmpty(server?.Password))
        {
            yield return $"ConnectionStrings__{name}Identity is set, and ConnectionStrings__{name} holds a password. " +
                "Remove one of the two.";
        }
    }

    private static NpgsqlConnectionStringBuilder? TryParse(string? text)
    {
        try
        {
            var parsed = new NpgsqlConnectionStringBuilder(text);
            return string.IsNullOrWhiteSpace(parsed.Host) ? null : parsed;
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException or OverflowException)
        {
            return null;
        }
    }
}

/// <summary>How the app signs in to the database as one role.</summary>
/// <param name="ConnectionString">Server, database and role.</param>
/// <param name="Identity">
/// Client id of a managed identity, whose tokens are used as passwords. Null or empty: the connection string holds the password.
/// </param>
internal sealed record DatabaseLogin(string ConnectionString, string? Identity);
