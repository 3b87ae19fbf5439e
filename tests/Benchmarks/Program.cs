using Relais.Benchmarks;
using Relais.Kit;

string[] known = ["send", "webhook"];
var chosen = args.Length == 0 ? known : args;
if (chosen.Except(known).ToArray() is { Length: > 0 } unknown)
{
    Console.Error.WriteLine($"unknown: {string.Join(", ", unknown)}; usage: dotnet run -c Release --project tests/Benchmarks -- [send] [webhook]");
    return 2;
}

var postgres = new PostgresFixture();
var storage = new AzuriteFixture();
await postgres.InitializeAsync();
await storage.InitializeAsync();
try
{
    Console.WriteLine($"{Environment.ProcessorCount} processors; everything below shares them: app, PostgreSQL (without fsync), Azurite, simulator and load.");
    if (chosen.Contains("send"))
    {
        await new SendBenchmark(postgres, storage).RunAsync();
    }

    if (chosen.Contains("webhook"))
    {
        await new WebhookBenchmark(postgres, storage).RunAsync();
    }

    return 0;
}
finally
{
    await postgres.DisposeAsync();
}
