using System.Collections.Concurrent;
using Xunit.Sdk;

namespace Relais.Kit.Leaks;

/// <summary>Keeps everything that leaves the app beside its answers, and searches it for what must not leave.</summary>
public sealed class LeakDetector : IAsyncDisposable
{
    private const int MostReported = 20;
    private const int BlockLines = 2000;

    private readonly ConcurrentQueue<(string Place, string Text)> kept = new();
    private readonly ConcurrentQueue<Incoming> seen = new();
    private readonly List<AppLog> logs = [];

    public IReadOnlyList<AppLog> Logs => logs;

    /// <summary>What is searched for beyond what the database tells.</summary>
    public SecretValues Planted { get; } = new();

    /// <summary>Something that left the app.</summary>
    public void Keep(string place, string text) => kept.Enqueue((place, text));

    /// <summary>All that was kept of the places that begin so.</summary>
    public string Kept(string place) => string.Join('\n', kept.Where(item => item.Place.StartsWith(place, StringComparison.Ordinal)).Select(item => item.Text));

    internal void GoesIn(Incoming request) => seen.Enqueue(request);

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
        }

        foreach (var request in seen)
        {
            request.PlantInto(Planted);
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
            var shown = leaks.DistinctBy(leak => (leak.Kind, leak.Place)).Take(MostReported);
            throw new XunitException($"{leaks.Count} values left the app that must not:\n{string.Join('\n', shown)}");
        }
    }

    /// <summary>What the rows of tenants say now.</summary>
    public Task PlantRowsAsync(string superuser) => TenantRows.PlantAsync(Planted, superuser);

    /// <summary>The tokens of all accounts.</summary>
    /// <param name="superuser">Connection string.</param>
    /// <param name="open">Opens what is sealed, of a key and a tenant.</param>
    public Task PlantTokensAsync(string superuser, Func<byte[], string, Guid, string> open) => TenantRows.PlantTokensAsync(Planted, superuser, open);

    public ValueTask DisposeAsync()
    {
        logs.ForEach(log => log.Dispose());
        return ValueTask.CompletedTask;
    }
}
