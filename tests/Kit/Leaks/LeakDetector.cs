using System.Collections.Concurrent;
using Xunit.Sdk;

namespace Relais.Kit.Leaks;

/// <summary>Keeps every output of the app except its successful responses, and searches it for values that must not appear.</summary>
public sealed class LeakDetector : IAsyncDisposable
{
    private const int MaxReported = 20;
    private const int BlockLines = 2000;

    private readonly ConcurrentQueue<(string Place, string Text)> outputs = new();
    private readonly ConcurrentQueue<Incoming> requests = new();
    private readonly List<AppLog> logs = [];

    public IReadOnlyList<AppLog> Logs => logs;

    /// <summary>Values to search for in addition to those in the database.</summary>
    public SecretValues Planted { get; } = new();

    /// <summary>Keeps an output of the app for the search.</summary>
    public void Keep(string place, string text) => outputs.Enqueue((place, text));

    /// <summary>Returns the kept texts of all places whose names begin with <paramref name="place"/>.</summary>
    public string Kept(string place) =>
        string.Join('\n', outputs.Where(item => item.Place.StartsWith(place, StringComparison.Ordinal)).Select(item => item.Text));

    internal void GoesIn(Incoming request) => requests.Enqueue(request);

    /// <summary>Creates a file that keeps what a process of the app writes.</summary>
    public AppLog Log()
    {
        var log = new AppLog();
        logs.Add(log);
        return log;
    }

    /// <summary>Finds all leaks of the values that are known at this moment.</summary>
    public async Task<IReadOnlyList<Leak>> FindAsync(TestDatabase? database = null)
    {
        if (database is not null)
        {
            await PlantRowsAsync(database.Superuser);
        }

        foreach (var request in requests)
        {
            request.PlantInto(Planted);
        }

        return
        [
            .. outputs.SelectMany(item => Planted.FindIn(item.Place, item.Text)),
            .. logs.SelectMany(
                log => log.Lines().Chunk(BlockLines).SelectMany(lines => Planted.FindIn("the log of the app", string.Join('\n', lines)))),
        ];
    }

    /// <exception cref="XunitException">An output contains a value that it must not contain.</exception>
    public async Task AssertNoneAsync(TestDatabase? database = null)
    {
        var leaks = await FindAsync(database);
        if (leaks.Count > 0)
        {
            var examples = leaks.DistinctBy(leak => (leak.Kind, leak.Place)).Take(MaxReported);
            throw new XunitException($"{leaks.Count} values leaked from the app:\n{string.Join('\n', examples)}");
        }
    }

    /// <summary>Adds the values of the current rows of tenants.</summary>
    public Task PlantRowsAsync(string superuser) => TenantRows.PlantAsync(Planted, superuser);

    /// <summary>Adds the auth tokens of all provider accounts.</summary>
    /// <param name="superuser">Connection string of the administrator.</param>
    /// <param name="open">Decrypts a stored auth token, given its key id and its tenant.</param>
    public Task PlantTokensAsync(string superuser, Func<byte[], string, Guid, string> open) =>
        TenantRows.PlantTokensAsync(Planted, superuser, open);

    public ValueTask DisposeAsync()
    {
        logs.ForEach(log => log.Dispose());
        return ValueTask.CompletedTask;
    }
}
