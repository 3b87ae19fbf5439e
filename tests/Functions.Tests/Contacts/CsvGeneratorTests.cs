using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Functions.Tests.Contacts.Generated;
using Relais.Kit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Functions.Tests.Contacts;

/// <summary>
/// Random CSV files of which a generator knows the meaning. <c>RELAIS_CSV_FILES=100000</c> takes so many instead of some hundreds;
/// <c>RELAIS_CSV_SEED=7</c> takes the file of this seed, or begins with it.
/// </summary>
public sealed class CsvGeneratorTests(PostgresFixture postgres, ITestOutputHelper output) : IClassFixture<PostgresFixture>
{
    private const int FilesRead = 600;
    private const int FilesImported = 150;
    private const int FilesAtOnce = 4;
    private const int FilesOfDatabase = 5_000;
    private const int MostFaults = 10;

    private static readonly TimeSpan LongestImport = TimeSpan.FromMinutes(3);

    // taken in every run, beside those of a new seed
    private static readonly int[] Known = [.. Enumerable.Range(1, 100)];

    private readonly ConcurrentQueue<(GeneratedFile File, Exception Fault)> faults = [];

    [Fact]
    public void Generated_files_are_read_as_expected()
    {
        foreach (var seed in Seeds(FilesRead).TakeWhile(_ => faults.Count < MostFaults))
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
    public async Task Rows_of_generated_files_are_created_updated_duplicate_or_rejected_as_they_mean()
    {
        var (watch, files) = (Stopwatch.StartNew(), 0);
        foreach (var seeds in Seeds(FilesImported).Chunk(FilesOfDatabase).TakeWhile(_ => faults.IsEmpty))
        {
            await using var database = await postgres.CreateDatabaseAsync();
            await using var check = new ImportCheck(database);
            await Parallel.ForEachAsync(seeds, new ParallelOptions { MaxDegreeOfParallelism = FilesAtOnce }, (seed, _) => ImportAsync(check, seed));
            files += seeds.Length;
            output.WriteLine($"{files} files in {watch.Elapsed}");
        }

        AssertNoFaults();
    }

    private async ValueTask ImportAsync(ImportCheck check, int seed)
    {
        if (faults.Count >= MostFaults)
        {
            return;
        }

        var file = GeneratedFile.From(seed);
        try
        {
            await check.RunAsync(file).WaitAsync(LongestImport);
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
        return first is null && files is null ? Known.Concat(seeds) : seeds;
    }

    private static int? Setting(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>Shows one file that fails, and the seeds and faults of some others.</summary>
    private void AssertNoFaults()
    {
        if (faults.TryDequeue(out var first))
        {
            var others = faults.Select(one => $"Seed {one.File.Seed}: {one.Fault.Message}");
            throw new XunitException($"{first.File}\n{first.Fault}\n\n{string.Join("\n\n", others)}");
        }
    }
}
