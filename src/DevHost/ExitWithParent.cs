using System.Diagnostics;

namespace Relais.DevHost;

/// <summary>Under <c>dotnet run</c> we are its child and would go on without a terminal if it were killed.</summary>
internal static class ExitWithParent
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    public static void Start(Action gone, CancellationToken ct)
    {
        if (Parent() is { } parent && NameOf(parent) == "dotnet")
        {
            _ = WatchAsync(parent, gone, ct);
        }
    }

    private static async Task WatchAsync(int parent, Action gone, CancellationToken ct)
    {
        try
        {
            while (Parent() == parent)
            {
                await Task.Delay(Poll, TimeProvider.System, ct);
            }

            gone();
        }
        catch (OperationCanceledException)
        {
            // we are stopping anyway
        }
    }

    /// <summary>Fourth field of /proc/self/stat, counted after the name in brackets; null where there is no /proc.</summary>
    private static int? Parent()
    {
        const string Stat = "/proc/self/stat";
        return File.Exists(Stat) && File.ReadAllText(Stat) is var line
            ? int.Parse(line[(line.LastIndexOf(')') + 2)..].Split(' ')[1])
            : null;
    }

    private static string NameOf(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return found.ProcessName;
        }
        catch (ArgumentException)
        {
            return "";
        }
    }
}
