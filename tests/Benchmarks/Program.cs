using Relais.Benchmarks;
using Relais.Kit;

string[] benchmarks = ["host", "send", "webhook"];
var settings = args.Where(arg => arg.Contains('=', StringComparison.Ordinal))
    .Select(arg => arg.Split('=', 2))
    .ToDictionary(pair => pair[0], string? (pair) => pair[1]);
var names = args.Where(arg => !arg.Contains('=', StringComparison.Ordinal)).ToArray();
var chosen = names.Length == 0 ? benchmarks : names;
if (chosen.Except(benchmarks).ToArray() is { Length: > 0 } unknown)
{
    Console.Error.WriteLine(
        $"Unknown benchmark: {string.Join(", ", unknown)}. Usage: dotnet run -c Release --project tests/Benchmarks -- " +
        "[host] [webhook] [send] [Setting__Of__The__App=value ...]");
    return 2;
}

var postgres = new PostgresFixture();
var storage = new AzuriteFixture();
await postgres.InitializeAsync();
await storage.InitializeAsync();
try
{
    Console.WriteLine(
        $"{Environment.ProcessorCount} processors, shared by the app, PostgreSQL (without fsync), Azurite, the simulator and the load.");
    if (chosen.Contains("host"))
    {
        await new HostBenchmark(postgres, storage).RunAsync();
    }

    if (chosen.Contains("webhook"))
    {
        await new WebhookBenchmark(postgres, storage).RunAsync();
    }

    // Runs last, because its last line is JSON for other programs.
    if (chosen.Contains("send"))
    {
        await new SendBenchmark(postgres, storage, settings).RunAsync();
    }

    return 0;
}
finally
{
    await postgres.DisposeAsync();
}
