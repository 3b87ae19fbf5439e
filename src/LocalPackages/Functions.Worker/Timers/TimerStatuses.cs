using System.Collections.Concurrent;
using System.Text.Json;

namespace Microsoft.Azure.Functions.Worker.Timers;

/// <summary>When a timer ran last and is due next.</summary>
internal sealed record TimerStatus(string Schedule, DateTimeOffset? Last, DateTimeOffset Next);

/// <summary>The statuses of all timers of the app, as one text.</summary>
internal sealed class TimerStatuses
{
    private readonly ConcurrentDictionary<string, TimerStatus> all = new(StringComparer.OrdinalIgnoreCase);

    public static TimerStatuses Read(string text)
    {
        var statuses = new TimerStatuses();
        try
        {
            foreach (var (function, status) in JsonSerializer.Deserialize<Dictionary<string, TimerStatus>>(text) ?? [])
            {
                statuses.all[function] = status;
            }
        }
        catch (JsonException)
        {
            // nothing is known then, as on a first start
        }

        return statuses;
    }

    public TimerStatus? Of(string function) => all.GetValueOrDefault(function);

    public void Set(string function, TimerStatus status) => all[function] = status;

    public override string ToString() => JsonSerializer.Serialize(all);
}
