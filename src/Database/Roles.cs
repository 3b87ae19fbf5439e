using Npgsql;

namespace Relais.Database;

/// <summary>The passwords of the login roles.</summary>
public sealed record RolePasswords(string Owner, string App, string System);

/// <summary>Creates the login roles and the database of the app. The migrations contain the grants and policies.</summary>
public static class Roles
{
    /// <summary>Owns the database and every table; only migrations use it.</summary>
    public const string Owner = "relais_owner";

    /// <summary>Works for one tenant at a time. Row-level security hides the rows of other tenants.</summary>
    public const string App = "relais_app";

    /// <summary>Works across tenants, as far as its own policies allow.</summary>
    public const string System = "relais_system";

    // The app never waits for a client or a provider within a transaction. A transaction that is idle for so long has lost its process
    // and still holds locks, so the server ends it.
    private const string IdleInTransactionTimeout = "60s";

    // A generic plan that was cached while a table was empty would read the whole table after it has grown.
    private const string PlanCacheMode = "force_custom_plan";

    /// <summary>Creates the missing roles and sets the passwords of all roles.</summary>
    public static async Task EnsureAsync(string superuserConnectionString, RolePasswords passwords, CancellationToken ct = default)
    {
        await using var connection = await OpenAsync(superuserConnectionString, ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await RunAsync(connection, "select pg_advisory_xact_lock(hashtext('relais roles'))", ct);
        foreach (var (role, password) in new[] { (Owner, passwords.Owner), (App, passwords.App), (System, passwords.System) })
        {
            await RunAsync(connection, EnsureRole(role), ct);
            await RunAsync(connection, $"alter role {role} login password {QuoteLiteral(password)}", ct);
        }

        foreach (var role in new[] { App, System })
        {
            await RunAsync(connection, SessionSettings(role), ct);
        }

        // An administrator who is not a superuser can create a database only for an owner role of which it is a member.
        await RunAsync(connection, $"grant {Owner} to current_user", ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Creates the database if it does not exist, owned by <see cref="Owner"/> and open to the roles of the app only.</summary>
    /// <returns>True if the database was created; false if it existed.</returns>
    public static async Task<bool> EnsureDatabaseAsync(
        string superuserConnectionString, string database, string? template = null, CancellationToken ct = default)
    {
        await using var connection = await OpenAsync(superuserConnectionString, ct);
        var quotedName = QuoteIdentifier(database);
        await using var exists = new NpgsqlCommand("select exists (select from pg_database where datname = $1)", connection)
        {
            Parameters = { new() { Value = database } },
        };
        var created = !(bool)(await exists.ExecuteScalarAsync(ct))!;
        if (created)
        {
            var templateClause = template is null ? "" : $" template {QuoteIdentifier(template)}";
            await RunAsync(connection, $"create database {quotedName} owner {Owner}{templateClause}", ct);
        }

        // A database does not inherit the privileges of its template.
        await RunAsync(connection, $"""
            revoke all on database {quotedName} from public;
            grant connect, temporary on database {quotedName} to {App}, {System};
            """, ct);
        return created;
    }

    /// <summary>Creates the SQL statements that set the session defaults of a role.</summary>
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

    private static string QuoteIdentifier(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string QuoteLiteral(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
