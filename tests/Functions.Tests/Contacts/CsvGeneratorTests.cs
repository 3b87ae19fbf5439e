using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Functions.Tests.Contacts.Generated;
using Relais.Kit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Functions.Tests.Contacts;

/// <summary>
/// Reads and imports random CSV files whose meaning the generator knows. <c>RELAIS_CSV_FILES=100000</c> sets the number of files.
/// <c>RELAIS_CSV_SEED=7</c> tests the file of this seed, or starts with this seed if the number of files is set too.
/// </summary>
public sealed class CsvGeneratorTests(PostgresFixture postgres, ITestOutputHelper output) : IClassFixture<PostgresFixture>
{
    private const int FilesRead = 600;
    private const int FilesImported = 150;
    private const int ParallelFiles = 4;
    private const int FilesPerDatabase = 5_000;
    private const int MaxFaults = 10;

    private static readonly TimeSpan ImportTimeout = TimeSpan.FromMinutes(3);

    // These seeds are part of each default run, in addition to those from a random seed.
    private static readonly int[] FixedSeeds = [.. Enumerable.Range(1, 100)];

    private readonly ConcurrentQueue<(GeneratedFile File, Exception Fault)> faults = [];

    [Fact]
    public void Generated_files_are_read_as_expected()
    {
        foreach (var seed in Seeds(FilesRead).TakeWhile(_ => faults.Count < MaxFaults))
        {
            var file = GeneratedFile.From(seed);
            try
            {
                ReadCheck.Run(file);
            }
            catch (Exception fault)
            {
                faults.Enqueue((file, fault));
            }
        }

        AssertNoFaults();
    }

    [Fact]
    public async Task Generated_files_are_imported_as_expected()
    {
        var (watch, files) = (Stopwatch.StartNew(), 0);
        foreach (var seeds in Seeds(FilesImported).Chunk(FilesPerDatabase).TakeWhile(_ => faults.IsEmpty))
        {
            await using var database = await postgres.CreateDatabaseAsync();
            await using var check = new ImportCheck(database);
            await Parallel.ForEachAsync(
                seeds, new ParallelOptions { MaxDegreeOfParallelism = ParallelFiles }, (seed, _) => ImportAsync(check, seed));
            files += seeds.Length;
            output.WriteLine($"{files} files in {watch.Elapsed}");
        }

        AssertNoFaults();
    }

    private async ValueTask ImportAsync(ImportCheck check, int seed)
    {
        if (faults.Count >= MaxFaults)
        {
            return;
        }

        var file = GeneratedFile.From(seed);
        try
        {
            await check.RunAsync(file).WaitAsync(ImportTimeout);
        }
        catch (Exception fault)
        {
            faults.Enqueue((file, fault));
        }
    }

    private IEnumerable<int> Seeds(int count)
    {
        var (first, files) = (Setting("RELAIS_CSV_SEED"), Setting("RELAIS_CSV_FILES"));
        var start = first ?? Random.Shared.Next();
        count = files ?? (first is null ? count : 1);
        output.WriteLine($"{count} files from seed {start}");
        var seeds = Enumerable.Range(0, count).Select(i => unchecked(start + i));
        return first is null && files is null ? FixedSeeds.Concat(seeds) : seeds;
    }

    private static int? Setting(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>Fails with the first faulty file in full, and with the seeds and faults of the other faulty files.</summary>
    private void AssertNoFaults()
    {
        if (faults.TryDequeue(out var first))
        {
            var others = faults.Select(other => $"Seed {other.File.Seed}: {other.Fault.Message}");
            throw new XunitException($"{first.File}\n{first.Fault}\n\n{string.Join("\n\n", others)}");
        }
    }
}
