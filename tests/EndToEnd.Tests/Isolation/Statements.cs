using Npgsql;

namespace EndToEnd.Tests.Isolation;

/// <param name="Setting">Value of app.tenant_id; null: it is not set.</param>
/// <param name="Sql">A statement that must return no row, change no row, or fail.</param>
internal sealed record Statement(string? Setting, string Sql)
{
    /// <returns>The faults; empty if the statement had no effect.</returns>
    public async Task<IReadOnlyList<string>> TryAsync(NpgsqlConnection app)
    {
        await using var transaction = await app.BeginTransactionAsync();
        try
        {
            if (Setting is not null)
            {
                await using var set = new NpgsqlCommand("select set_config('app.tenant_id', $1, true)", app, transaction)
                {
                    Parameters = { new() { Value = Setting } },
                };
                await set.ExecuteNonQueryAsync();
            }

            await using var command = new NpgsqlCommand(Sql, app, transaction);
            await using (var reader = await command.ExecuteReaderAsync())
            {
                if (await reader.ReadAsync())
                {
                    return [$"[{Setting}] {Sql}: a row came back"];
                }

                await reader.CloseAsync();
                if (reader.RecordsAffected > 0)
                {
                    return [$"[{Setting}] {Sql}: {reader.RecordsAffected} rows"];
                }
            }

            // Commit, so that the checksums show any effect.
            await transaction.CommitAsync();
            return [];
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InsufficientPrivilege
            or PostgresErrorCodes.InvalidTextRepresentation)
        {
            return [];
        }
    }
}

internal static class Statements
{
    public static IEnumerable<Statement> On(string table, Guid victim, Guid attacker)
    {
        foreach (var tenant in new[] { null, "", attacker.ToString(), "not a tenant", $"{victim} " + "' or true --", "%" })
        {
            yield return new Statement(tenant, $"select * from {table}");
            yield return new Statement(tenant, $"select * from {table} where tenant_id = '{victim}'");
            yield return new Statement(tenant, $"update {table} set tenant_id = tenant_id where tenant_id = '{victim}'");
            yield return new Statement(tenant, $"update {table} set tenant_id = '{attacker}'");
            yield return new Statement(tenant, $"delete from {table}");
            yield return new Statement(tenant, $"insert into {table} (tenant_id) values ('{victim}')");
            yield return new Statement(tenant, $"truncate {table}");
        }
    }

    /// <summary>Statements that try to bypass the policies: other roles, settings, and statistics in the catalogue.</summary>
    public static IEnumerable<Statement> OfTheRole()
    {
        foreach (var role in new[] { "relais_owner", "relais_system", "postgres" })
        {
            yield return new Statement(null, $"set local role {role}; select 1");
            yield return new Statement(null, $"set session authorization {role}; select 1");
        }

        yield return new Statement(null, "set local row_security = off; select * from contacts");
        yield return new Statement(null, "alter table contacts disable row level security");
        yield return new Statement(null, "drop policy tenant_isolation on contacts");
        yield return new Statement(null, "create policy mine on contacts to relais_app using (true)");
        yield return new Statement(null, "alter role relais_app bypassrls");
        yield return new Statement(null, "grant relais_system to relais_app");
        yield return new Statement(null, "create function mine() returns int language sql security definer return 1");
        yield return new Statement(null, "create table mine (x int)");
        yield return new Statement(null, "copy contacts to program 'cat'");
        yield return new Statement(null, "select * from clinic_settings");
        yield return new Statement(
            null, $"select * from pg_stats where schemaname = 'public' and most_common_vals::text like '%{IsolationTestRows.Mark}%'");
        yield return new Statement(
            null, $"select * from pg_stats where schemaname = 'public' and histogram_bounds::text like '%{IsolationTestRows.Mark}%'");
        yield return new Statement(null, "select * from pg_statistic");
        yield return new Statement(null, "select * from pg_authid");
    }
}
