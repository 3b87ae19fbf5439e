namespace Relais.DevHost.Services;

/// <summary>Finds a PostgreSQL that is installed on this machine.</summary>
internal static class InstalledPostgres
{
    /// <returns>The folder of its programs; null: there is none of this major version or a newer one.</returns>
    public static async Task<string?> FindAsync(int minMajor, CancellationToken ct)
    {
        foreach (var folder in await CandidatesAsync(ct))
        {
            if (await PostgresBinaries.MajorAsync(folder, ct) >= minMajor)
            {
                return folder;
            }
        }

        return null;
    }

    private static async Task<List<string>> CandidatesAsync(CancellationToken ct)
    {
        var candidates = new List<string>();
        if (Executables.Find("pg_config") is { } config && await Executables.RunAsync(config, ["--bindir"], ct) is { ExitCode: 0 } result)
        {
            candidates.Add(result.Output.Trim());
        }

        if (Directory.Exists("/usr/lib/postgresql"))
        {
            candidates.AddRange(Directory.GetDirectories("/usr/lib/postgresql")
                .OrderDescending()
                .Select(version => Path.Combine(version, "bin")));
        }

        if (Executables.Find("postgres") is { } postgres)
        {
            candidates.Add(Path.GetDirectoryName(postgres)!);
        }

        return candidates;
    }
}
