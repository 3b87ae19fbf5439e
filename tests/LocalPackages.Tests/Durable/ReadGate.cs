using Dapper;
using Npgsql;

namespace LocalPackages.Tests.Durable;

/// <summary>
/// Stops statements of the engine that read a table, after they have taken their snapshot: changes that the test commits meanwhile are
/// not seen by them. The administrator of the server is not stopped.
/// </summary>
internal sealed class ReadGate : IAsyncDisposable
{
    private const string Install = """
        create function public.pass_gate() returns boolean language plpgsql as $$
        begin
          perform pg_advisory_lock_shared(4711);
          perform pg_advisory_unlock_shared(4711);
          return true;
        end $$;
        """;

    private const string Stopped = """
        select count(*)
        from pg_stat_activity
        where datname = current_database() and wait_event = 'advisory' and strpos(query, @statement) > 0
        """;

    private readonly NpgsqlConnection admin;

    private ReadGate(NpgsqlConnection admin) => this.admin = admin;

    public static async Task<ReadGate> CloseAsync(string superuser, string table)
    {
        var admin = new NpgsqlConnection(superuser);
        await admin.OpenAsync();
        await admin.ExecuteAsync(Install);
        await admin.ExecuteAsync("select pg_advisory_lock(4711)");
        await admin.ExecuteAsync($"""
            alter table durable_tests.{table} enable row level security;
            alter table durable_tests.{table} force row level security;
            create policy all_rows on durable_tests.{table} using (true) with check (true);
            create policy gate on durable_tests.{table} as restrictive for select using (public.pass_gate());
            """);
        return new ReadGate(admin);
    }

    /// <summary>True while a statement that contains the text is stopped.</summary>
    public async Task<bool> HasStoppedAsync(string statement) => await admin.ExecuteScalarAsync<long>(Stopped, new { statement }) > 0;

    public Task OpenAsync() => admin.ExecuteAsync("select pg_advisory_unlock(4711)");

    public ValueTask DisposeAsync() => admin.DisposeAsync();
}
