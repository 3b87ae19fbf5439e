using Relais.Benchmarks;
using Relais.Kit;

string[] known = ["host", "send", "webhook"];
var settings = args.Where(arg => arg.Contains('=', StringComparison.Ordinal)).Select(arg => arg.Split('=', 2)).ToDictionary(pair => pair[0], string? (pair) => pair[1]);
var names = args.Where(arg => !arg.Contains('=', StringComparison.Ordinal)).ToArray();
var chosen = names.Length == 0 ? known : names;
if (chosen.Except(known).ToArray() is { Length: > 0 } unknown)
{
    Console.Error.WriteLine(
        $"unknown: {string.Join(", ", unknown)}; usage: dotnet run -c Release --project tests/Benchmarks -- [host] [webhook] [send] [Setting__Of__The__App=value ...]");
    return 2;
}

var postgres = new PostgresFixture();
var storage = new AzuriteFixture();
await postgres.InitializeAsync();
await storage.InitializeAsync();
try
{
    Console.WriteLine($"{Environment.ProcessorCount} processors; everything below shares them: app, PostgreSQL (without fsync), Azurite, simulator and load.");
    if (chosen.Contains("host"))
    {
        await new HostBenchmark(postgres, storage).RunAsync();
    }

    if (chosen.Contains("webhook"))
    {
        await new WebhookBenchmark(postgres, storage).RunAsync();
    }

    // the last, because the last line that it prints is for programs to read
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
