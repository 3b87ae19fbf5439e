using System.Diagnostics;
using System.Reflection;
using Architecture.Tests;

namespace Infra.Tests;

/// <summary>Output of a run of the Bicep CLI. Diagnostics are on standard error.</summary>
internal sealed record BicepRun(int ExitCode, string Output, string Diagnostics)
{
    public bool IsClean => ExitCode == 0 && Diagnostics.Length == 0;
}

/// <summary>
/// Runs the Bicep CLI of the package on files of the repository or on a copy of them. RELAIS_BICEP names another executable, for systems
/// other than Linux.
/// </summary>
internal static class BicepCli
{
    /// <summary>The environment variables of a deployment: those that azd sets, and those that the deployer sets.</summary>
    public static readonly IReadOnlyDictionary<string, string> Environment = new Dictionary<string, string>
    {
        ["AZURE_ENV_NAME"] = "demo",
        ["AZURE_LOCATION"] = "canadacentral",
        ["RELAIS_DEPLOYERS_ID"] = "00000000-0000-0000-0000-000000000001",
        ["RELAIS_DEPLOYERS_NAME"] = "relais-deployers",
        ["RELAIS_CONTACT_EMAIL"] = "operators@relais.example",
    };

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private static string Program => System.Environment.GetEnvironmentVariable("RELAIS_BICEP") is { Length: > 0 } chosen ? chosen
        : typeof(BicepCli).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "BicepCli")
            .Value!;

    public static async Task<BicepRun> RunAsync(IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? Environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var diagnostics = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return new BicepRun(process.ExitCode, await output, (await diagnostics).Trim());
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"bicep {string.Join(' ', arguments)} did not end within {Limit.TotalMinutes} minutes.");
        }
    }

    /// <summary>Copies infra/ for tests that write or break files.</summary>
    public static string Copy()
    {
        var copy = Directory.CreateTempSubdirectory("relais-infra-").FullName;
        foreach (var file in Repository.Files("infra"))
        {
            var target = Path.Combine(copy, Path.GetRelativePath("infra", file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Path.Combine(Repository.Root, file), target);
        }

        return copy;
    }
}
