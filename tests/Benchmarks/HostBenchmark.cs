using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Npgsql;
using Relais.DevHost.Services;
using Relais.Kit;

namespace Relais.Benchmarks;

/// <summary>Measures start, memory, an idle minute and a chain of activities, for the app and for an app of empty functions.</summary>
internal sealed class HostBenchmark(PostgresFixture postgres, AzuriteFixture storage)
{
    private const int Starts = 5;
    private const int Chains = 30;
    private const int Requests = 20_000;
    private const int Connections = 32;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(60);

    public async Task RunAsync()
    {
        Console.WriteLine();
        Console.WriteLine($"Host: {Starts} starts each, in turn");
        await using var system = await RelaisSystem.StartAsync(postgres, storage, new RelaisSystemOptions
        {
            Watched = false,
            Settings = new Dictionary<string, string?> { ["Limits__PerAddress"] = "1000000" },
        });
        await using var empty = await FunctionsApp.StartAsync(EmptyApp(storage.CreateAccount()));
        await StartsAsync(system.App, empty);
        await Task.Delay(TimeSpan.FromSeconds(10));
        ShowMemory("at rest", system.App, empty);
        await IdleAsync(system);
        await ChainsAsync(empty);
        await LoadAsync(system, empty);
        ShowMemory("right after the load", system.App, empty);
    }

    /// <summary>The conformance app, which has functions that do nothing, and orchestrations.</summary>
    internal static FunctionsAppOptions EmptyApp(string account) => ConformanceApp.Options with
    {
        Settings = new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = account,
            ["CF_QUEUE_NAME"] = "cf-setting",
            ["CF_TIMER"] = "0 0 5 1 1 *",
        },
    };

    private static async Task StartsAsync(FunctionsApp app, FunctionsApp empty)
    {
        var (appTimes, emptyTimes) = (new List<double>(), new List<double>());
        for (var i = 0; i < Starts; i++)
        {
            appTimes.Add(await StartAgainAsync(app));
            emptyTimes.Add(await StartAgainAsync(empty));
        }

        Console.WriteLine($"  start to the first 200, seconds: app {Times(appTimes)}; empty functions {Times(emptyTimes)}");
    }

    private static async Task<double> StartAgainAsync(FunctionsApp app)
    {
        await app.StopAsync();
        var start = Stopwatch.GetTimestamp();
        await app.StartAgainAsync();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private async Task IdleAsync(RelaisSystem system)
    {
        await using var rows = NpgsqlDataSource.Create(system.Database.Superuser);
        var (processes, before) = (Processes(system.App), await ConnectionsAsync(rows));
        var used = processes.Sum(CpuSeconds);
        await Task.Delay(Idle);
        used = processes.Sum(CpuSeconds) - used;
        Console.WriteLine(
            $"  an idle minute: {100 * used / Idle.TotalSeconds:F1} % of a core (host and worker), " +
            $"{before} connections to the database before, {await ConnectionsAsync(rows)} after");
    }

    private static async Task ChainsAsync(FunctionsApp empty)
    {
        using var http = new HttpClient { BaseAddress = new Uri(empty.Url, "/api/") };
        var (chains, calls) = (new List<double>(), new List<double>());
        for (var i = 0; i < Chains; i++)
        {
            var start = Stopwatch.GetTimestamp();
            using (await http.GetAsync(new Uri("ping", UriKind.Relative)))
            {
                calls.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            chains.Add(await ChainAsync(http, $"chain-{i}"));
        }

        Console.WriteLine(
            $"  a chain of ten activities, one at a time: median {Median(chains):F0} ms from creation to end; " +
            $"an empty function meanwhile: median {Median(calls):F1} ms");
    }

    /// <returns>milliseconds by the clock of the orchestration engine</returns>
    private static async Task<double> ChainAsync(HttpClient http, string id)
    {
        using (var started = await http.PostAsJsonAsync($"d/start/O_TenActivities?id={id}", 0))
        {
            started.EnsureSuccessStatusCode();
        }

        while (true)
        {
            var state = (await http.GetFromJsonAsync<JsonObject>($"d/get?id={id}"))!["value"];
            if (state?["status"]?.ToString() == "Completed")
            {
                return (Time(state["updated"]) - Time(state["created"])).TotalMilliseconds;
            }

            await Task.Delay(20);
        }

        static DateTimeOffset Time(JsonNode? text) => DateTimeOffset.Parse(text!.ToString(), CultureInfo.InvariantCulture);
    }

    private static async Task LoadAsync(RelaisSystem system, FunctionsApp empty)
    {
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 128 });
        await LoadAsync("GET /api/health/live of the app", system.App, "/api/health/live");
        await LoadAsync("empty function", empty, "/api/ping");

        async Task LoadAsync(string name, FunctionsApp app, string path)
        {
            var (address, maxMemory) = (new Uri(app.Url, path), new long[2]);
            var load = Load.RunAsync(name, Connections, Requests, async _ =>
            {
                using var answer = await http.GetAsync(address);
                return answer.IsSuccessStatusCode;
            });
            while (!load.IsCompleted)
            {
                maxMemory = [.. Processes(app).Zip(maxMemory, (id, before) => Math.Max(Mebibytes(id), before))];
                await Task.WhenAny(load, Task.Delay(250));
            }

            Console.WriteLine($"  {await load}; highest memory meanwhile {string.Join(" + ", maxMemory)} MiB");
        }
    }

    private static void ShowMemory(string when, FunctionsApp app, FunctionsApp empty) =>
        Console.WriteLine($"  memory {when}, MiB of host + worker: app {Mebibytes(app)}; empty functions {Mebibytes(empty)}");

    private static string Mebibytes(FunctionsApp app) => string.Join(" + ", Processes(app).Select(Mebibytes));

    private static long Mebibytes(int id)
    {
        using var process = Process.GetProcessById(id);
        return process.WorkingSet64 / 1024 / 1024;
    }

    private static int[] Processes(FunctionsApp app) => [app.ProcessId, app.WorkerProcessId];

    private static double CpuSeconds(int id)
    {
        using var process = Process.GetProcessById(id);
        return process.TotalProcessorTime.TotalSeconds;
    }

    private static async Task<long> ConnectionsAsync(NpgsqlDataSource rows)
    {
        await using var command = rows.CreateCommand(
            "select count(*) from pg_stat_activity where datname = current_database() and usename like 'relais%'");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static string Times(List<double> values) =>
        string.Join(", ", values.Select(value => value.ToString("F1", CultureInfo.InvariantCulture)));
}
