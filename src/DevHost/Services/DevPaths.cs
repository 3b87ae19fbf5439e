using System.Security.Cryptography;
using System.Text;

namespace Relais.DevHost.Services;

/// <summary>Where downloads and development data live. <c>RELAIS_CACHE</c> and <c>RELAIS_HOME</c> move them.</summary>
public static class DevPaths
{
    private static readonly string? GivenCache = Given("RELAIS_CACHE");
    private static readonly string? GivenHome = Given("RELAIS_HOME");

    /// <summary>Root uses system folders: PostgreSQL runs as another user, who cannot look into /root.</summary>
    private static bool IsRoot => !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess;

    /// <summary>The folder that holds the solution, looked for upwards from the running program.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>Downloads and prepared templates, shared by every clone of this user.</summary>
    public static string Cache
    {
        get
        {
            if (GivenCache is not null)
            {
                return GivenCache;
            }

            if (IsRoot)
            {
                return "/var/cache/relais";
            }

            return OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg
                ? Path.Combine(xdg, "relais")
                : OperatingSystem.IsWindows()
                    ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "relais")
                    : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "relais");
        }
    }

    /// <summary>Data of the development servers of this clone.</summary>
    public static string State =>
        GivenHome
        ?? (IsRoot ? Path.Combine("/var/lib/relais", CloneName()) : Path.Combine(Repository, ".relais"));

    /// <summary>The output folder of a project of this clone, in the configuration of the running program.</summary>
    public static string Output(params IEnumerable<string> project)
    {
        var release = $"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}";
        var configuration = AppContext.BaseDirectory.Contains(release, StringComparison.Ordinal) ? "Release" : "Debug";
        return Path.Combine([Repository, .. project, "bin", configuration, "net10.0"]);
    }

    private static string? Given(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } path ? Path.GetFullPath(path) : null;

    private static string CloneName()
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Repository)));
        return $"{Path.GetFileName(Repository)}-{hash[..8]}";
    }

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Functions.sln")))
            {
                return folder.FullName;
            }
        }

        return Directory.GetCurrentDirectory();
    }
}
