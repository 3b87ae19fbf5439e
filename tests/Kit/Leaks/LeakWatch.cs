using System.Collections.Concurrent;
using Dapper;
using Npgsql;
using Xunit.Sdk;

namespace Relais.Kit.Leaks;

/// <summary>Keeps everything that leaves the app beside its answers, and searches it for what must not leave.</summary>
public sealed class LeakWatch : IAsyncDisposable
{
    private const int MostReported = 20;
    private const int BlockLines = 2000;

    private const string TenantTables = """
        select c.relname::text from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
          and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped)
        """;

    // campaigns that nobody sent, and what a person sees of a message, are in these
    private const string Bodies = """
        select distinct body from messages where length(body) >= 5
        union select message1 ->> 'body' from campaigns union select message2 ->> 'body' from campaigns
        """;

    private readonly ConcurrentQueue<(string Place, string Text)> kept = new();
    private readonly ConcurrentQueue<string> seen = new();
    private readonly List<AppLog> logs = [];

    public IReadOnlyList<AppLog> Logs => logs;

    /// <summary>What is searched for beyond what the database tells.</summary>
    public Planted Planted { get; } = new();

    /// <summary>Something that left the app.</summary>
    public void Keep(string place, string text) => kept.Enqueue((place, text));

    /// <summary>Something that went in: the telephone numbers in it must not come out elsewhere, even if no row has them any more.</summary>
    public void GoesIn(string text) => seen.Enqueue(text);

    /// <summary>The file that takes what a process of the app writes.</summary>
    public AppLog Log()
    {
        var log = new AppLog();
        logs.Add(log);
        return log;
    }

    /// <summary>All leaks of values that are known now.</summary>
    public async Task<IReadOnlyList<Leak>> FindAsync(TestDatabase? database = null)
    {
        if (database is not null)
        {
            await PlantRowsAsync(database.Superuser);
            foreach (var text in await DurableRecord.ReadAsync(database))
            {
                Keep("the history of orchestrations", text);
            }
        }

        foreach (var text in seen)
        {
            Planted.AddNumbers(text);
        }

        return
        [
            .. kept.SelectMany(item => Planted.FindIn(item.Place, item.Text)),
            .. logs.SelectMany(log => log.Lines().Chunk(BlockLines).SelectMany(lines => Planted.FindIn("the log of the app", string.Join('\n', lines)))),
        ];
    }

    /// <exception cref="XunitException">Something leaked.</exception>
    public async Task AssertNoneAsync(TestDatabase? database = null)
    {
        var leaks = await FindAsync(database);
        if (leaks.Count > 0)
        {
            var shown = leaks.DistinctBy(leak => (leak.Kind, leak.Place, leak.Line)).Take(MostReported);
            throw new XunitException($"{leaks.Count} values left the app that must not:\n{string.Join('\n', shown)}");
        }
    }

    /// <summary>Every telephone number in the rows of tenants, and the texts of their messages.</summary>
    public async Task PlantRowsAsync(string superuser)
    {
        await using var connection = new NpgsqlConnection(superuser);
        foreach (var table in await connection.QueryAsync<string>(TenantTables))
        {
            foreach (var row in await connection.QueryAsync<string>($"select t::text from {table} t where t::text ~ '(\\+|%2[Bb])[1-9][0-9]{{6}}'"))
            {
                Planted.AddNumbers(row);
            }
        }

        foreach (var body in await connection.QueryAsync<string?>(Bodies))
        {
            Planted.Add("body of a message", body);
        }
    }

    public ValueTask DisposeAsync()
    {
        logs.ForEach(log => log.Dispose());
        return ValueTask.CompletedTask;
    }
}
