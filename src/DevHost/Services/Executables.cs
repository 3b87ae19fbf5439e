namespace Relais.DevHost.Services;

/// <summary>Finds and runs programs.</summary>
internal static class Executables
{
    private static readonly string[] Extensions = OperatingSystem.IsWindows() ? [".exe", ".cmd"] : [""];

    /// <summary>The PATH and the standard folders: some users and containers have no sbin in their PATH.</summary>
    private static readonly string[] Folders =
    [
        .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
        .. OperatingSystem.IsWindows() ? Array.Empty<string>() : ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"],
    ];

    /// <returns>The path of the program; null when it is not installed.</returns>
    public static string? Find(string name) => Folders
        .SelectMany(_ => Extensions, (folder, extension) => Path.Combine(folder, name + extension))
        .FirstOrDefault(File.Exists);

    public sealed record ProcessResult(int ExitCode, string Output);

    /// <summary>Runs a short command to its end. The output contains both standard output and standard error.</summary>
    public static async Task<ProcessResult> RunAsync(
        string file, IEnumerable<string> arguments, CancellationToken ct, string? folder = null)
    {
        await using var process = GuardedProcess.Start(new ProcessSpec(file, [.. arguments]) { WorkingDirectory = folder });
        await using var stop = ct.Register(() => _ = process.KillAsync());
        var exitCode = await process.Exited;
        ct.ThrowIfCancellationRequested();
        return new ProcessResult(exitCode, string.Join('\n', process.Log.Lines));
    }

    /// <summary>Runs a short command to its end, and throws an exception with its output when it fails.</summary>
    /// <returns>The output.</returns>
    public static async Task<string> RunOrThrowAsync(
        string file, IEnumerable<string> arguments, CancellationToken ct, string? folder = null)
    {
        var result = await RunAsync(file, arguments, ct, folder);
        return result.ExitCode == 0
            ? result.Output
            : throw new DevServiceException($"{Path.GetFileName(file)} failed with exit code {result.ExitCode}:\n{result.Output}");
    }
}
