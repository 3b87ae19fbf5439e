using System.Diagnostics;
using System.Globalization;
using Relais.Kit;
using Xunit.Abstractions;

namespace EndToEnd.Tests.Malformed;

/// <summary>
/// Sends invalid requests to every route that the running app describes. MALFORMED_REQUESTS sets their number and MALFORMED_SEED their
/// choices. MALFORMED_NUMBER sends only the request that a failure names.
/// </summary>
[Collection(ExclusiveCollection.Name)]
public sealed class MalformedRequestTests(PostgresFixture postgres, AzuriteFixture storage, ITestOutputHelper output)
    : IClassFixture<PostgresFixture>, IClassFixture<AzuriteFixture>
{
    private const int Shown = 12;

    private static readonly int Count = Number("MALFORMED_REQUESTS") ?? 100_000;
    private static readonly int Seed = Number("MALFORMED_SEED") ?? 2026;
    private static readonly int? SingleNumber = Number("MALFORMED_NUMBER");

    /// <summary>
    /// Allowed growth in MB between the first fifth of the requests and the last. The heap varies by some tens of MB. 64 MB over 80,000
    /// requests are 800 bytes each, less than the smallest object that a request could leak with its name and value.
    /// </summary>
    private const int MaxGrowth = 64;

    private const int RequestsBeyondLimits = 4_000;

    [Fact]
    public async Task Malformed_requests_are_refused_and_change_nothing()
    {
        await using var system = await MalformedSystem.StartAsync(
            postgres, storage, new() { ["Limits__PerAddress"] = "1000000", ["Limits__PerTenant"] = "1000000" });
        var (app, check) = (system.Relais.App, new ResponseCheck());
        var run = new MalformedRequestRun(app.Url, await system.GeneratorAsync(Seed), check);
        var timeBefore = await AppProcess.AnswerTimeAsync(system.Relais.Api);
        var before = await StoredRows.ReadAsync(system.Relais.Database);
        var since = Stopwatch.GetTimestamp();
        if (SingleNumber is { } number)
        {
            await run.RunAsync(number, number + 1);
        }
        else
        {
            await run.RunAsync(0, Count / 5);
        }

        var memoryBefore = await AppProcess.MemoryAsync(app.WorkerProcessId);
        if (SingleNumber is null)
        {
            await run.RunAsync(Count / 5, Count);
        }

        output.WriteLine(
            $"{Stopwatch.GetElapsedTime(since).TotalSeconds:0} s, answers: {Listed(run.Counts)}; codes: {Listed(check.Codes)}");
        var after = await StoredRows.ReadAsync(system.Relais.Database);
        var memoryAfter = await AppProcess.MemoryAsync(app.WorkerProcessId);
        var timeAfter = await AppProcess.AnswerTimeAsync(system.Relais.Api);
        output.WriteLine(
            $"memory {memoryBefore} MB, then {memoryAfter} MB; a proper request takes {timeBefore:0.0} ms, then {timeAfter:0.0} ms");

        Assert.Multiple(
            () => Assert.True(run.Findings.IsEmpty, Report(run)),
            () =>
                Assert.True(
                    system.Errors.IsEmpty,
                    $"{system.Errors.Count} lines at the level of an error:\n{string.Join('\n', system.Errors.Take(Shown))}"),
            () => Assert.Equal(before.Select(table => (table.Key, table.Value)), after.Select(table => (table.Key, table.Value))),
            () => Assert.Equal(0, system.Relais.Simulator.Report().Requests),
            () => Assert.False(app.Exited.IsCompleted),
            () => Assert.InRange(memoryAfter ?? 0, 0, (memoryBefore ?? 0) + MaxGrowth),
            () => Assert.InRange(timeAfter, 0, (timeBefore * 4) + 50));
    }

    [Fact]
    public async Task Too_many_malformed_requests_get_429()
    {
        // A tenth of the usual limits: a slow machine does not send enough requests to reach the usual ones.
        await using var system = await MalformedSystem.StartAsync(
            postgres, storage, new() { ["Limits__PerAddress"] = "600", ["Limits__PerTenant"] = "300" });
        var check = new ResponseCheck();
        var run = new MalformedRequestRun(system.Relais.App.Url, await system.GeneratorAsync(Seed), check);

        await run.RunAsync(0, RequestsBeyondLimits);

        output.WriteLine($"answers: {Listed(run.Counts)}");
        Assert.True(run.Findings.IsEmpty, Report(run));
        Assert.True(system.Errors.IsEmpty, string.Join('\n', system.Errors.Take(Shown)));
        Assert.True(check.Codes.ContainsKey("too_many_requests"), "The limits were not reached.");
    }

    private static string Listed(IEnumerable<KeyValuePair<string, int>> counts) =>
        string.Join(", ", counts.OrderByDescending(count => count.Value).Select(count => $"{count.Key} {count.Value}"));

    private static string Report(MalformedRequestRun run)
    {
        var kinds = run.Findings.GroupBy(finding => finding.Kind).OrderByDescending(kind => kind.Count()).ToList();
        var examples = kinds.Select(kind => $"{kind.Count()} times, such as {kind.MinBy(finding => finding.Request.Bytes.Length)}");
        return $"{run.Findings.Count} findings of {kinds.Count} kinds with seed {Seed}\n\n{string.Join("\n\n", examples.Take(Shown))}";
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}
