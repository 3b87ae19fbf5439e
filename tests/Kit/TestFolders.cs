using Relais.DevHost.Services;

namespace Relais.Kit;

internal static class TestFolders
{
    private static readonly TimeSpan Keep = TimeSpan.FromDays(2);

    /// <summary>Copies a folder with its owner and permissions, because PostgreSQL refuses a data folder with others.</summary>
    public static async Task CopyAsync(string from, string to)
    {
        if (!OperatingSystem.IsWindows())
        {
            await using var copy = GuardedProcess.Start(new ProcessSpec("cp", "-a", from, to));
            if (await copy.Exited != 0)
            {
                throw new DevServiceException($"{from} could not be copied to {to}:\n{copy.Log.Tail()}");
            }

            return;
        }

        foreach (var folder in Directory.GetDirectories(from, "*", SearchOption.AllDirectories).Prepend(from))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        }

        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
        }
    }

    /// <summary>Removes prepared folders older than two days. Each change of the migrations leaves one behind.</summary>
    public static void RemoveOld(string parent, string prefix)
    {
        foreach (var folder in Directory.GetDirectories(parent, prefix + "*"))
        {
            if (TimeProvider.System.GetUtcNow() - Directory.GetCreationTimeUtc(folder) > Keep)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }
}
