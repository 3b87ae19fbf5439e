using System.Collections.Concurrent;
using Relais.Conformance.Json;
using Relais.Conformance.Wire;
using Relais.DevHost.Services;
using Relais.Kit;

namespace Relais.Conformance.Tests;

/// <summary>One run of every scenario against the app on the published packages, under src/FunctionsHost.</summary>
public sealed class ConformanceRun : IAsyncLifetime
{
    private const string Key = "Conformance-Key_1";
    private readonly AzuriteFixture storage = new();
    private readonly ConcurrentQueue<string> log = [];

    internal Deviations Deviations { get; } = new();

    internal IReadOnlyList<Outcome> Outcomes { get; private set; } = [];

    /// <summary>The differences, for the message of a failing test.</summary>
    internal string Report(IEnumerable<string> names) => string.Join('\n', Outcomes.Where(outcome => names.Contains(outcome.Name))
        .SelectMany(outcome => outcome.Counted.Select(difference => $"{outcome.Name} {difference}")));

    public async Task InitializeAsync()
    {
        await storage.InitializeAsync();
        await using var host = await FunctionsApp.StartAsync(ConformanceApp.Options with
        {
            Settings = new Dictionary<string, string?>
            {
                ["AzureWebJobsStorage"] = storage.ConnectionString,
                ["FUNCTIONS_LOCAL_KEY"] = Key,
            },
        });
        var app = new App(host.Url, Key, QueueStore.From(storage.ConnectionString));
        var chosen = Catalogue.All.Where(scenario => !Deviations.LeftOut.ContainsKey(scenario.Name)).ToList();
        var results = await new Runner(app, parallel: 24, log.Enqueue).RunAsync(chosen);
        Outcomes = [.. Comparison.Of(Recording.Golden.Without([.. Deviations.LeftOut.Keys]), results)];
    }

    public Task DisposeAsync() => storage.DisposeAsync();
}
