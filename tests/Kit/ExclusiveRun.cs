using System.Security.Cryptography;
using System.Text;
using Relais.DevHost.Services;

namespace Relais.Kit;

/// <summary>
/// Makes the test assemblies of one clone that need servers run one after the other: <c>dotnet test</c> starts all of them together, and
/// tests of pace and load would disturb each other. There are two locks, one for the tests of whole systems, which wait more than they
/// compute, and one for all other tests. A process holds its lock until it ends.
/// </summary>
public static class ExclusiveRun
{
    private static readonly Lazy<Task<FileLock>> ProcessLock = new(
        () => FileLock.AcquireAsync(Path.Combine(Path.GetTempPath(), FileName())));

    public static Task TakeAsync() => ProcessLock.Value;

    private static string Group => AppContext.BaseDirectory.Contains("EndToEnd.Tests", StringComparison.Ordinal) ? "systems" : "parts";

    private static string FileName()
    {
        var clone = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(DevPaths.Repository)))[..8];
        return $"relais-test-{Environment.UserName}-{Group}-{clone}.lock";
    }
}
