using Npgsql;

namespace Relais.Database.Entra;

/// <summary>The Entra object ids of the managed identities that sign in as the app's database roles.</summary>
/// <param name="App">The identity of the role relais_app.</param>
/// <param name="System">The identity of the role relais_system.</param>
public sealed record EntraPrincipals(Guid App, Guid System);

/// <summary>
/// Creates the database roles on an Azure server that accepts Entra tokens only. No role has a password, and each login role belongs to
/// one managed identity.
/// </summary>
public static class EntraRoles
{
    /// <summary>
    /// Creates the missing roles and assigns the identities to the roles. The deployer becomes a member of the owner role, to apply
    /// migrations, and of the system role, to rotate the keys of secrets.
    /// </summary>
    /// <param name="deployerConnectionString">The connection of a member of azure_pg_admin with an Entra token.</param>
    /// <param name="principals">The identities that sign in as the app's database roles.</param>
    /// <param name="label">Creates the SQL statement that assigns an identity to a role; on Azure it is <see cref="Label"/>.</param>
    /// <param name="ct">Cancels the statements.</param>
    public static async Task EnsureAsync(
        string deployerConnectionString, EntraPrincipals principals, Func<string, Guid, string> label, CancellationToken ct = default)
    {
        var settings = new NpgsqlConnectionStringBuilder(deployerConnectionString) { Pooling = false };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var command = new NpgsqlCommand(CreateStatements(principals, label), connection);
        await command.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>
    /// Creates the SQL statement that assigns an Entra identity to a role: Azure lets the identity sign in as the role whose security label
    /// contains its object id.
    /// </summary>
    public static string Label(string role, Guid principalId) =>
        $"""security label for "pgaadauth" on role {role} is 'aadauth,oid={principalId:D},type=service'""";

    private static string CreateStatements(EntraPrincipals principals, Func<string, Guid, string> label) => $"""
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
