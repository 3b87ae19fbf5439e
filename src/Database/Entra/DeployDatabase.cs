using Npgsql;

namespace Relais.Database.Entra;

/// <summary>Creates roles and database on a server and applies the migrations. Repeating it changes nothing that is up to date.</summary>
public static class DeployDatabase
{
    /// <param name="server">The host, the deployer's role and the connection settings.</param>
    /// <param name="database">The name of the app's database.</param>
    /// <param name="principals">The identities that sign in as the app's database roles.</param>
    /// <param name="label">
    /// Creates the SQL statement that assigns an identity to a role; see <see cref="EntraRoles.EnsureAsync"/>.
    /// </param>
    /// <param name="ct">Cancels the deployment.</param>
    /// <returns>The number of applied migrations.</returns>
    public static async Task<int> RunAsync(
        NpgsqlConnectionStringBuilder server, string database, EntraPrincipals principals, Func<string, Guid, string> label,
        CancellationToken ct = default)
    {
        var administration = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = "postgres" }.ConnectionString;
        await EntraRoles.EnsureAsync(administration, principals, label, ct);
        await Roles.EnsureDatabaseAsync(administration, database, ct: ct);

        // The deployer migrates as the owner role, so that the tables belong to that role.
        var owner = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = database, Options = $"-c role={Roles.Owner}" };
        return await Migrator.MigrateAsync(owner.ConnectionString, ct);
    }
}
