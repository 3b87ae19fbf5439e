using System.Diagnostics;
using System.Globalization;

namespace EndToEnd.Tests.Malformed;

/// <summary>The app's process as the kernel sees it, and how quickly it answers.</summary>
internal static class AppProcess
{
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(4);

    /// <summary>Memory of its own in MB, the least of some seconds: garbage that is still to be collected does not count. Null: only Linux says.</summary>
    public static async Task<int?> MemoryAsync(int processId)
    {
        var least = Own(processId);
        for (var since = Stopwatch.GetTimestamp(); least is not null && Stopwatch.GetElapsedTime(since) < Settled; await Task.Delay(200))
        {
            least = Math.Min(least.Value, Own(processId)!.Value);
        }

        return least;
    }

    /// <summary>How long a proper request takes, in milliseconds: the median of many.</summary>
    public static async Task<double> AnswerTimeAsync(HttpClient api)
    {
        var times = new List<double>();
        for (var i = 0; i < 60; i++)
        {
            var since = Stopwatch.GetTimestamp();
            using var response = await api.GetAsync(new Uri("contacts?limit=1", UriKind.Relative));
            response.EnsureSuccessStatusCode();
            times.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
        }

        return times.Order().ElementAt(times.Count / 2);
    }

    private static int? Own(int processId)
    {
        var file = $"/proc/{processId}/status";
        return File.Exists(file) && File.ReadLines(file).FirstOrDefault(line => line.StartsWith("RssAnon:", StringComparison.Ordinal)) is { } line
            ? int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Split('\t')[^1], CultureInfo.InvariantCulture) / 1024
            : null;
    }
}
