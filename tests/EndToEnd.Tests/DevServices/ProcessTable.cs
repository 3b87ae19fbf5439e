using System.Diagnostics;

namespace EndToEnd.Tests.DevServices;

/// <summary>Lists the processes of this machine. Small containers have no ps, so /proc is read first.</summary>
internal static class ProcessTable
{
    public readonly record struct Row(int Id, int Parent, char State);

    public static IReadOnlyList<Row> Read() => Directory.Exists("/proc/self") ? [.. FromProc()] : FromPs();

    private static IEnumerable<Row> FromProc()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var id) && Stat(folder) is { } stat)
            {
                // The process name in brackets may contain any character, so state and parent are read after the last bracket.
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                yield return new Row(id, int.Parse(fields[1]), fields[0][0]);
            }
        }
    }

    private static string? Stat(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "stat"));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static List<Row> FromPs()
    {
        using var ps = Process.Start(new ProcessStartInfo("ps", ["-eo", "pid=,ppid=,stat="]) { RedirectStandardOutput = true })!;
        return ps.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(fields => new Row(int.Parse(fields[0]), int.Parse(fields[1]), fields[2][0])).ToList();
    }
}
