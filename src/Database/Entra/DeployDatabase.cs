using Npgsql;

namespace Relais.Database.Entra;

/// <summary>Makes a server ready for the app. Safe to repeat: what is there stays.</summary>
public static class DeployDatabase
{
    /// <param name="server">Host, deployer and how to connect.</param>
    /// <param name="database">The database of the app.</param>
    /// <param name="principals">The identities of the app.</param>
    /// <param name="label">See <see cref="EntraRoles.EnsureAsync"/>.</param>
    /// <returns>How many migrations were applied.</returns>
    public static async Task<int> RunAsync(
        NpgsqlConnectionStringBuilder server, string database, EntraPrincipals principals, Func<string, Guid, string> label, CancellationToken ct = default)
    {
        var administration = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = "postgres" }.ConnectionString;
        await EntraRoles.EnsureAsync(administration, principals, label, ct);
        await Roles.EnsureDatabaseAsync(administration, database, ct: ct);

        // the deployer migrates as the owner role, so that the tables belong to that role
        var owner = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = database, Options = $"-c role={Roles.Owner}" };
        return await Migrator.MigrateAsync(owner.ConnectionString, ct);
    }
}
