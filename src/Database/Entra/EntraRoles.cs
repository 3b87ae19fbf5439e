using Npgsql;

namespace Relais.Database.Entra;

/// <summary>The object ids of the managed identities that sign in as the app's database roles.</summary>
public sealed record EntraPrincipals(Guid App, Guid System);

/// <summary>The roles on an Azure server that takes Entra tokens only: no role has a password, each login role belongs to one identity.</summary>
public static class EntraRoles
{
    /// <summary>
    /// Creates the roles, or gives the existing ones these identities. The deployer becomes a member of the owner, for migrations, and of the system
    /// role, for the rotation of keys.
    /// </summary>
    /// <param name="deployerConnectionString">A member of azure_pg_admin that signed in with an Entra token.</param>
    /// <param name="principals">The identities that sign in as the app's roles.</param>
    /// <param name="label">The statement that gives a role its identity: <see cref="Label"/> on Azure.</param>
    public static async Task EnsureAsync(
        string deployerConnectionString, EntraPrincipals principals, Func<string, Guid, string> label, CancellationToken ct = default)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(deployerConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var command = new NpgsqlCommand(Statements(principals, label), connection);
        await command.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Azure lets an Entra identity sign in as a role that bears its object id as a security label.</summary>
    public static string Label(string role, Guid principalId) =>
        $"""security label for "pgaadauth" on role {role} is 'aadauth,oid={principalId:D},type=service'""";

    private static string Statements(EntraPrincipals principals, Func<string, Guid, string> label) => $"""
        select pg_advisory_xact_lock(hashtext('relais roles'));
        {CreateRole(Roles.Owner, "nologin")}
        {CreateRole(Roles.App, "login")}
        {CreateRole(Roles.System, "login")}
        {Roles.SessionSettings(Roles.App)}
        {Roles.SessionSettings(Roles.System)}
        {label(Roles.App, principals.App)};
        {label(Roles.System, principals.System)};
        grant {Roles.Owner}, {Roles.System} to current_user;
        """;

    private static string CreateRole(string role, string login) => $"""
        do $$
        begin
            if not exists (select from pg_roles where rolname = '{role}') then
                create role {role} {login};
            end if;
        end $$;
        """;
}
