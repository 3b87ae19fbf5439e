using System.Security.Cryptography;
using System.Text;

namespace Relais.DevHost.Services;

/// <summary>The folders for downloads and development data. <c>RELAIS_CACHE</c> and <c>RELAIS_HOME</c> override them.</summary>
public static class DevPaths
{
    private static readonly string? ConfiguredCache = ReadPath("RELAIS_CACHE");
    private static readonly string? ConfiguredHome = ReadPath("RELAIS_HOME");

    /// <summary>For root the folders are outside of /root, because PostgreSQL then runs as another user, who cannot read /root.</summary>
    private static bool IsRoot => !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess;

    /// <summary>The folder of the solution: the nearest parent folder of the running program that contains it.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The folder for downloads and prepared templates, which all clones of this user share.</summary>
    public static string Cache
    {
        get
        {
            if (ConfiguredCache is not null)
            {
                return ConfiguredCache;
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

    /// <summary>The folder for the data of this clone's development servers.</summary>
    public static string State =>
        ConfiguredHome
        ?? (IsRoot ? Path.Combine("/var/lib/relais", CloneName()) : Path.Combine(Repository, ".relais"));

    /// <summary>The output folder of a project of this clone, in the configuration of the running program.</summary>
    public static string Output(params IEnumerable<string> project)
    {
        var release = $"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}";
        var configuration = AppContext.BaseDirectory.Contains(release, StringComparison.Ordinal) ? "Release" : "Debug";
        return Path.Combine([Repository, .. project, "bin", configuration, "net10.0"]);
    }

    private static string? ReadPath(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } path ? Path.GetFullPath(path) : null;

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
