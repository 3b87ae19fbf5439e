using Dapper;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Engine;
using Microsoft.DurableTask.Store;
using Npgsql;
using Relais.Kit;

namespace LocalPackages.Tests.Durable;

/// <summary>A hub that other processes work on, seen and fed through its tables.</summary>
internal sealed class HubDatabase : IAsyncDisposable
{
    private readonly Db db;

    private HubDatabase(TestDatabase database)
    {
        Database = database;
        db = new Db(database.Durable, "Tests");
    }

    public TestDatabase Database { get; }

    public Db Db => db;

    public static async Task<HubDatabase> CreateAsync(PostgresFixture postgres)
    {
        var hub = new HubDatabase(await postgres.CreateEmptyDatabaseAsync());
        await Schema.PrepareAsync(hub.db, CancellationToken.None);
        await using var connection = new NpgsqlConnection(hub.Database.Superuser);
        await connection.ExecuteAsync(
            """
            create table public.journal (
                what text, instance text, token text, process integer, begun timestamptz, ended timestamptz);
            grant all on public.journal to public;
            grant usage on schema public to public;
            """);
        return hub;
    }

    public async Task StartAsync(string name, string id, object? input)
    {
        var now = DateTime.UtcNow;
        var run = new NewRun(id, Guid.CreateVersion7(now), name, "", Json.Write(input));
        Assert.True(await StartInstances.OneAsync(db, run, [], now, CancellationToken.None));
        await Notify.SendAsync(db, [Notify.Text(Notify.Wake, 0, id)], CancellationToken.None);
    }

    public async Task<List<OrchestrationMetadata>> AllAsync(string prefix = "")
    {
        var query = new OrchestrationQuery(InstanceIdPrefix: prefix, FetchInputsAndOutputs: true);
        return [.. (await ReadInstances.PageAsync(db, query, null, 10_000, CancellationToken.None)).Values];
    }

    public async Task<bool> AllEndedAsync(string prefix = "") => (await AllAsync(prefix)).TrueForAll(i => i.IsCompleted);

    public async Task<List<T>> QueryAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = await db.OpenAsync(CancellationToken.None);
        return [.. await connection.QueryAsync<T>(sql, parameters)];
    }

    public Task<List<T>> JournalAsync<T>(string select) => QueryAsync<T>($"select {select} from public.journal");

    public ValueTask DisposeAsync() => db.DisposeAsync();
}
