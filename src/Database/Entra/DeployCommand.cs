using Npgsql;

namespace Relais.Database.Entra;

/// <summary>
/// The command deploy: creates roles and database on the server of an Azure environment and applies the migrations. The password is the
/// deployer's Entra token.
/// </summary>
internal static class DeployCommand
{
    private static readonly string[] RequiredVariables =
    [
        "RELAIS_DATABASE_HOST", "RELAIS_DATABASE_NAME", "RELAIS_DATABASE_DEPLOYER", "RELAIS_APP_PRINCIPAL_ID", "RELAIS_SYSTEM_PRINCIPAL_ID",
        "PGPASSWORD",
    ];

    public static async Task<int> RunAsync(CancellationToken ct)
    {
        var settings = RequiredVariables.ToDictionary(name => name, name => Environment.GetEnvironmentVariable(name) ?? "");
        var missing = settings.Where(setting => string.IsNullOrWhiteSpace(setting.Value)).Select(setting => setting.Key).ToList();
        if (missing.Count > 0)
        {
            Console.Error.WriteLine(
                $"deploy needs the environment variables {string.Join(", ", missing)}. See docs/deploy.md for their values.");
            return 2;
        }

        try
        {
            var principals = new EntraPrincipals(
                Guid.Parse(settings["RELAIS_APP_PRINCIPAL_ID"]), Guid.Parse(settings["RELAIS_SYSTEM_PRINCIPAL_ID"]));
            var server = new NpgsqlConnectionStringBuilder
            {
                Host = settings["RELAIS_DATABASE_HOST"],
                Username = settings["RELAIS_DATABASE_DEPLOYER"],
                // Npgsql reads the password from PGPASSWORD. VerifyFull keeps the token from a server with another certificate.
                SslMode = SslMode.VerifyFull,
            };
            var applied = await DeployDatabase.RunAsync(server, settings["RELAIS_DATABASE_NAME"], principals, EntraRoles.Label, ct);
            Console.WriteLine(applied == 0 ? "nothing to migrate" : $"{applied} migrations applied");
            return 0;
        }
        catch (Exception e) when (e is MigrationException or NpgsqlException or ArgumentException or FormatException)
        {
            Console.Error.WriteLine(e.InnerException is null ? e.Message : $"{e.Message}: {e.InnerException.Message}");
            return 1;
        }
    }
}
