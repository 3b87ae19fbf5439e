using System.Diagnostics;

namespace Relais.DevHost;

/// <summary>
/// Stops this host when its parent <c>dotnet run</c> ends. If only the parent is killed, this process would otherwise continue without a
/// terminal.
/// </summary>
internal static class ExitWithParent
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    /// <param name="onParentExit">Called when the parent has ended.</param>
    /// <param name="ct">Ends the watch.</param>
    public static void Start(Action onParentExit, CancellationToken ct)
    {
        if (FindParent() is { } parent && FindName(parent) == "dotnet")
        {
            _ = WatchAsync(parent, onParentExit, ct);
        }
    }

    private static async Task WatchAsync(int parent, Action onParentExit, CancellationToken ct)
    {
        try
        {
            while (FindParent() == parent)
            {
                await Task.Delay(Poll, TimeProvider.System, ct);
            }

            onParentExit();
        }
        catch (OperationCanceledException)
        {
            // This host is already stopping.
        }
    }

    /// <returns>The id of the parent process: the fourth field of /proc/self/stat. Null on systems without /proc.</returns>
    private static int? FindParent()
    {
        const string Stat = "/proc/self/stat";
        // The second field, the program name in parentheses, may contain spaces, so count the fields after it.
        return File.Exists(Stat) && File.ReadAllText(Stat) is var line
            ? int.Parse(line[(line.LastIndexOf(')') + 2)..].Split(' ')[1])
            : null;
    }

    /// <returns>The name of the process; empty when it has ended.</returns>
    private static string FindName(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return process.ProcessName;
        }
        catch (ArgumentException)
        {
            return "";
        }
    }
}
