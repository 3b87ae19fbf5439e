using System.Security.Cryptography;
using System.Text;
using Relais.DevHost.Services;

namespace Relais.Kit;

/// <summary>
/// Test assemblies of one clone that need servers take turns: <c>dotnet test</c> starts them all at once, and tests of
/// pace and load would see each other. There are two turns: the tests of whole systems, which wait more than they compute, and all others
/// beside them. Held until the process ends.
/// </summary>
public static class ExclusiveRun
{
    private static readonly Lazy<Task<FileLock>> Mine = new(() => FileLock.AcquireAsync(Path.Combine(Path.GetTempPath(), FileName())));

    public static Task TakeAsync() => Mine.Value;

    private static string Turn => AppContext.BaseDirectory.Contains("EndToEnd.Tests", StringComparison.Ordinal) ? "systems" : "parts";

    private static string FileName() =>
        $"relais-test-{Environment.UserName}-{Turn}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(DevPaths.Repository)))[..8]}.lock";
}
