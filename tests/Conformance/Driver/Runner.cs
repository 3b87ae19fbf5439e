using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using Relais.Conformance.Json;

namespace Relais.Conformance;

/// <summary>
/// Runs HTTP scenarios one by one, then queue and orchestration scenarios in parallel, then those that must run alone. Timer scenarios only
/// wait, so they run beside the others.
/// </summary>
internal sealed class Runner(App app, int parallel, Action<string> log)
{
    internal const string DriverFailure = "driver-exception";
    private readonly ConcurrentDictionary<string, object?> results = new();
    private readonly Normaliser normaliser = new(app.Run);
    private readonly long start = Stopwatch.GetTimestamp();

    /// <summary>Waits for the app. False: the app did not answer within a minute and a half.</summary>
    internal async Task<bool> AnswersAsync()
    {
        var end = Clock.In(90);
        while (!await AnswersOnceAsync())
        {
            if (end.Passed)
            {
                return false;
            }

            await Clock.Seconds(0.5);
        }

        return true;
    }

    internal async Task<Fields> RunAsync(IReadOnlyList<Scenario> chosen)
    {
        var lanes = chosen.ToLookup(scenario => scenario.Lane);
        var timers = Task.WhenAll(lanes[Lane.Timer].Select(OneAsync));
        await InOrderAsync(lanes[Lane.Http]);
        var queues = Task.WhenAll(lanes[Lane.Queue].GroupBy(scenario => scenario.Turn).Select(InOrderAsync));
        await Parallel.ForEachAsync(
            lanes[Lane.Durable], new ParallelOptions { MaxDegreeOfParallelism = parallel },
            async (scenario, _) => await OneAsync(scenario));
        await queues;
        await InOrderAsync(lanes[Lane.Quiet]);
        await timers;
        var ordered = new Fields();
        foreach (var scenario in chosen)
        {
            ordered[scenario.Name] = results[scenario.Name];
        }

        return ordered;
    }

    private async Task<bool> AnswersOnceAsync()
    {
        try
        {
            return (await app.GetAsync("ping")).Status == 200;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false;
        }
    }

    private async Task InOrderAsync(IEnumerable<Scenario> scenarios)
    {
        foreach (var scenario in scenarios)
        {
            await OneAsync(scenario);
        }
    }

    private async Task OneAsync(Scenario scenario)
    {
        var began = Stopwatch.GetTimestamp();
        object? result;
        var failure = "";
        try
        {
            result = await scenario.Script(app);
        }
        catch (Exception e)
        {
            result = new Fields { [DriverFailure] = $"{e.GetType().Name}: {e.Message}" };
            failure = $"  !! {e.GetType().Name}: {e.Message}";
        }

        results[scenario.Name] = normaliser.Apply(result);
        log($"{Clock.Since(start),6:0.0}s {Clock.Since(began),5:0.0}s {scenario.Name}{failure}");
    }
}
