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

    /// <summary>Client id of the managed identity that signs in as relais_app; empty: the connection string holds the password.</summary>
    public string? AppIdentity { get; init; }

    /// <summary>Client id of the managed identity that signs in as relais_system.</summary>
    public string? SystemIdentity { get; init; }

    public DatabaseLogin ForApp() => new(App!, AppIdentity);

    public DatabaseLogin ForSystem() => new(System!, SystemIdentity);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Faults(nameof(App), App, AppIdentity).Concat(Faults(nameof(System), System, SystemIdentity)).Select(fault => new ValidationResult(fault));

    private static IEnumerable<string> Faults(string name, string? connectionString, string? identity)
    {
        var server = Read(connectionString);
        if (server is null && !string.IsNullOrWhiteSpace(connectionString))
        {
            yield return $"ConnectionStrings__{name} is not a PostgreSQL connection string such as Host=…;Database=…;Username=…;Password=….";
        }

        if (string.IsNullOrWhiteSpace(identity))
        {
            yield break;
        }

        if (!ManagedIdentities.IsClientId(identity))
        {
            yield return $"ConnectionStrings__{name}Identity is not the client id of a managed identity. Correct it, or remove it to sign in with a password.";
        }
        else if (!string.IsNullOrEmpty(server?.Password))
        {
            yield return $"ConnectionStrings__{name}Identity is set, and ConnectionStrings__{name} holds a password. Remove one of the two.";
        }
    }

    private static NpgsqlConnectionStringBuilder? Read(string? text)
    {
        try
        {
            var read = new NpgsqlConnectionStringBuilder(text);
            return string.IsNullOrWhiteSpace(read.Host) ? null : read;
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException or OverflowException)
        {
            return null;
        }
    }
}

/// <param name="ConnectionString">Where, and as which role.</param>
/// <param name="Identity">Client id of a managed identity, whose tokens are the passwords; null or empty: the connection string holds the password.</param>
internal sealed record DatabaseLogin(string ConnectionString, string? Identity);
