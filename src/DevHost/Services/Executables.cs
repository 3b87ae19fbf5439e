namespace Relais.DevHost.Services;

internal static class Executables
{
    private static readonly string[] Extensions = OperatingSystem.IsWindows() ? [".exe", ".cmd"] : [""];

    /// <summary>sbin is not in the PATH of every user and container.</summary>
    private static readonly string[] Folders =
    [
        .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
        .. OperatingSystem.IsWindows() ? Array.Empty<string>() : ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"],
    ];

    public static string? Find(string name) =>
        Folders.SelectMany(_ => Extensions, (folder, extension) => Path.Combine(folder, name + extension)).FirstOrDefault(File.Exists);

    public sealed record ProcessResult(int ExitCode, string Output);

    /// <summary>Runs a short command to its end; standard output and error come together.</summary>
    public static async Task<ProcessResult> RunAsync(string file, IEnumerable<string> arguments, CancellationToken ct, string? folder = null)
    {
        await using var process = GuardedProcess.Start(new ProcessSpec(file, [.. arguments]) { WorkingDirectory = folder });
        await using var stop = ct.Register(() => _ = process.KillAsync());
        var exitCode = await process.Exited;
        ct.ThrowIfCancellationRequested();
        return new ProcessResult(exitCode, string.Join('\n', process.Log.Lines));
    }

    /// <summary>The same, but a failure is an exception that shows what the command said.</summary>
    public static async Task<string> RunOrThrowAsync(string file, IEnumerable<string> arguments, CancellationToken ct, string? folder = null)
    {
        var outcome = await RunAsync(file, arguments, ct, folder);
        return outcome.ExitCode == 0
            ? outcome.Output
            : throw new DevServiceException($"{Path.GetFileName(file)} ended with {outcome.ExitCode}:\n{outcome.Output}");
    }
}
