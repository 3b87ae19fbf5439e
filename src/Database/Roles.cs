using Npgsql;

namespace Relais.Database;

/// <summary>One password per login role.</summary>
public sealed record RolePasswords(string Owner, string App, string System);

/// <summary>The login roles and the database they meet in. Grants and policies are in the migrations.</summary>
public static class Roles
{
    /// <summary>Owns the database and every table; only migrations use it.</summary>
    public const string Owner = "relais_owner";

    /// <summary>Serves a tenant; never past row-level security.</summary>
    public const string App = "relais_app";

    /// <summary>Works across tenants as far as policies written for it allow.</summary>
    public const string System = "relais_system";

    // the app never waits for a client or a provider within a transaction: one that stands still this long has lost its process, and
    // holds locks
    private const string IdleInTransactionTimeout = "60s";

    // a plan that was made while a table was empty would stay with the connection and read the whole table when it has grown
    private const string PlanCacheMode = "force_custom_plan";

    /// <summary>Creates the roles or gives the existing ones these passwords.</summary>
    public static async Task EnsureAsync(string superuserConnectionString, RolePasswords passwords, CancellationToken ct = default)
    {
        await using var connection = await OpenAsync(superuserConnectionString, ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await RunAsync(connection, "select pg_advisory_xact_lock(hashtext('relais roles'))", ct);
        foreach (var (role, password) in new[] { (Owner, passwords.Owner), (App, passwords.App), (System, passwords.System) })
        {
            await RunAsync(connection, EnsureRole(role), ct);
            await RunAsync(connection, $"alter role {role} login password {Literal(password)}", ct);
        }

        foreach (var role in new[] { App, System })
        {
            await RunAsync(connection, SessionSettings(role), ct);
        }

        // an administrator that is no superuser may give a database only to a role that it belongs to
        await RunAsync(connection, $"grant {Owner} to current_user", ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Creates the database, owned by <see cref="Owner"/> and closed to everyone else but the roles here, unless it exists.</summary>
    public static async Task<bool> EnsureDatabaseAsync(string superuserConnectionString, string database, string? template = null, CancellationToken ct = default)
    {
        await using var connection = await OpenAsync(superuserConnectionString, ct);
        var name = Name(database);
        await using var exists = new NpgsqlCommand("select exists (select from pg_database where datname = $1)", connection)
        {
            Parameters = { new() { Value = database } },
        };
        var created = !(bool)(await exists.ExecuteScalarAsync(ct))!;
        if (created)
        {
            await RunAsync(connection, $"create database {name} owner {Owner}{(template is null ? "" : $" template {Name(template)}")}", ct);
        }

        // a clone does not inherit the rights of its template
        await RunAsync(connection, $"""
            revoke all on database {name} from public;
            grant connect, temporary on database {name} to {App}, {System};
            """, ct);
        return created;
    }

    /// <summary>The settings with which each session of an app's role begins, on every server.</summary>
    internal static string SessionSettings(string role) => $"""
        alter role {role} set idle_in_transaction_session_timeout = '{IdleInTransactionTimeout}';
        alter role {role} set plan_cache_mode = {PlanCacheMode};
        """;

    private static string EnsureRole(string role) => $"""
        do $$
        begin
            if not exists (select from pg_roles where rolname = '{role}') then
                create role {role};
            elsif exists (select from pg_roles where rolname = '{role}' and (rolsuper or rolbypassrls)) then
                alter role {role} nosuperuser nobypassrls;
            end if;
        end $$
        """;

    private static async Task<NpgsqlConnection> OpenAsync(string connectionString, CancellationToken ct)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(ct);
        return connection;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static string Name(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
