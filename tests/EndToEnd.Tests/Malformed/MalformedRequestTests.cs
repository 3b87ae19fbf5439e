using System.Diagnostics;
using System.Globalization;
using Relais.Kit;
using Xunit.Abstractions;

namespace EndToEnd.Tests.Malformed;

/// <summary>
/// Wrong requests to every route that the running app describes. MALFORMED_REQUESTS changes how many, MALFORMED_SEED which;
/// MALFORMED_NUMBER sends one of them alone, as a failure names it.
/// </summary>
[Collection(ExclusiveCollection.Name)]
public sealed class MalformedRequestTests(PostgresFixture postgres, AzuriteFixture storage, ITestOutputHelper output) : IClassFixture<PostgresFixture>, IClassFixture<AzuriteFixture>
{
    private const int Shown = 12;

    private static readonly int Count = Number("MALFORMED_REQUESTS") ?? 100_000;
    private static readonly int Seed = Number("MALFORMED_SEED") ?? 2026;
    private static readonly int? Only = Number("MALFORMED_NUMBER");

    /// <summary>
    /// In MB, from the first fifth of the requests to the last: the heap grows and shrinks by some tens as it likes, and 64 MB over
    /// 80,000 requests are 800 bytes each, less than the smallest thing that one of them could leave behind with its name and value.
    /// </summary>
    private const int Growth = 64;

    private const int RequestsBeyondLimits = 4_000;

    [Fact]
    public async Task Malformed_requests_are_refused_and_change_nothing()
    {
        await using var system = await MalformedSystem.StartAsync(postgres, storage, new() { ["Limits__PerAddress"] = "1000000", ["Limits__PerTenant"] = "1000000" });
        var (app, verdict) = (system.Relais.App, new ResponseCheck());
        var barrage = new MalformedRequestRun(app.Url, await system.GeneratorAsync(Seed), verdict);
        var usual = await AppProcess.AnswerTimeAsync(system.Relais.Api);
        var before = await StoredRows.ReadAsync(system.Relais.Database);
        var since = Stopwatch.GetTimestamp();
        if (Only is { } number)
        {
            await barrage.RunAsync(number, number + 1);
        }
        else
        {
            await barrage.RunAsync(0, Count / 5);
        }

        var warm = await AppProcess.MemoryAsync(app.WorkerProcessId);
        if (Only is null)
        {
            await barrage.RunAsync(Count / 5, Count);
        }

        output.WriteLine($"{Stopwatch.GetElapsedTime(since).TotalSeconds:0} s, answers: {Listed(barrage.Counts)}; codes: {Listed(verdict.Codes)}");
        var after = await StoredRows.ReadAsync(system.Relais.Database);
        var end = await AppProcess.MemoryAsync(app.WorkerProcessId);
        var now = await AppProcess.AnswerTimeAsync(system.Relais.Api);
        output.WriteLine($"memory {warm} MB, then {end} MB; a proper request takes {usual:0.0} ms, then {now:0.0} ms");

        Assert.Multiple(
            () => Assert.True(barrage.Findings.IsEmpty, Report(barrage)),
            () => Assert.True(system.Errors.IsEmpty, $"{system.Errors.Count} lines at the level of an error:\n{string.Join('\n', system.Errors.Take(Shown))}"),
            () => Assert.Equal(before.Select(table => (table.Key, table.Value)), after.Select(table => (table.Key, table.Value))),
            () => Assert.Equal(0, system.Relais.Simulator.Report().Requests),
            () => Assert.False(app.Exited.IsCompleted),
            () => Assert.InRange(end ?? 0, 0, (warm ?? 0) + Growth),
            () => Assert.InRange(now, 0, (usual * 4) + 50));
    }

    [Fact]
    public async Task Too_many_malformed_requests_get_429()
    {
        // a tenth of the usual limits: a slow machine sends too little to reach those
        await using var system = await MalformedSystem.StartAsync(postgres, storage, new() { ["Limits__PerAddress"] = "600", ["Limits__PerTenant"] = "300" });
        var verdict = new ResponseCheck();
        var barrage = new MalformedRequestRun(system.Relais.App.Url, await system.GeneratorAsync(Seed), verdict);

        await barrage.RunAsync(0, RequestsBeyondLimits);

        output.WriteLine($"answers: {Listed(barrage.Counts)}");
        Assert.True(barrage.Findings.IsEmpty, Report(barrage));
        Assert.True(system.Errors.IsEmpty, string.Join('\n', system.Errors.Take(Shown)));
        Assert.True(verdict.Codes.ContainsKey("too_many_requests"), "The limits were not reached.");
    }

    private static string Listed(IEnumerable<KeyValuePair<string, int>> counts) => string.Join(", ", counts.OrderByDescending(count => count.Value).Select(count => $"{count.Key} {count.Value}"));

    private static string Report(MalformedRequestRun barrage)
    {
        var kinds = barrage.Findings.GroupBy(finding => finding.Kind).OrderByDescending(kind => kind.Count()).ToList();
        var examples = kinds.Select(kind => $"{kind.Count()} times, such as {kind.MinBy(finding => finding.Request.Bytes.Length)}");
        return $"{barrage.Findings.Count} findings of {kinds.Count} kinds with seed {Seed}\n\n{string.Join("\n\n", examples.Take(Shown))}";
    }

    private static int? Number(string variable) => int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}
