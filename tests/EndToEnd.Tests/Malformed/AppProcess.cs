using System.Diagnostics;
using System.Globalization;

namespace EndToEnd.Tests.Malformed;

/// <summary>Measures the memory of the app's process and how quickly the app answers.</summary>
internal static class AppProcess
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(4);

    /// <summary>
    /// Private memory in MB, the minimum over four seconds, so that garbage not yet collected does not count. Null: the system is not
    /// Linux.
    /// </summary>
    public static async Task<int?> MemoryAsync(int processId)
    {
        var lowest = PrivateMemory(processId);
        for (var since = Stopwatch.GetTimestamp(); lowest is not null && Stopwatch.GetElapsedTime(since) < Period; await Task.Delay(200))
        {
            lowest = Math.Min(lowest.Value, PrivateMemory(processId)!.Value);
        }

        return lowest;
    }

    /// <summary>Median duration of valid requests in milliseconds.</summary>
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

    private static int? PrivateMemory(int processId)
    {
        var file = $"/proc/{processId}/status";
        return File.Exists(file)
            && File.ReadLines(file).FirstOrDefault(line => line.StartsWith("RssAnon:", StringComparison.Ordinal)) is { } line
            ? int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Split('\t')[^1], CultureInfo.InvariantCulture) / 1024
            : null;
    }
}
