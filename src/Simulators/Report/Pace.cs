namespace Relais.Simulators;

/// <summary>The comparison of the messages with a limit.</summary>
/// <param name="Limit">the limit</param>
/// <param name="Max">highest number of messages in a window</param>
/// <param name="Worst">sender, account or recipient of that window; null without messages</param>
/// <param name="WindowsBroken">messages that arrived when their window was already full</param>
public sealed record PaceResult(PaceLimit Limit, int Max, string? Worst, int WindowsBroken);

/// <summary>The arrival of a message, for <see cref="Pace"/>.</summary>
/// <param name="Weight">messages or segments that count</param>
internal readonly record struct Arrival(long Microseconds, int Weight);

/// <summary>Compares the arrival times of messages with limits.</summary>
internal static class Pace
{
    /// <summary>
    /// Slides a window over the arrivals. Returns the highest weight in a window and the number of arrivals that exceeded the limit.
    /// Two arrivals exactly one window length apart are not in the same window.
    /// </summary>
    /// <param name="inOrder">arrivals by time</param>
    public static (int Max, int Broken) CountBrokenWindows(IReadOnlyList<Arrival> inOrder, long windowMicroseconds, int limit)
    {
        var (max, broken, sum, first) = (0, 0, 0, 0);
        foreach (var arrival in inOrder)
        {
            sum += arrival.Weight;
            while (arrival.Microseconds - inOrder[first].Microseconds >= windowMicroseconds)
            {
                sum -= inOrder[first++].Weight;
            }

            max = Math.Max(max, sum);
            broken += sum > limit ? 1 : 0;
        }

        return (max, broken);
    }

    /// <summary>Checks the accepted messages against a limit, for each group of its scope.</summary>
    public static PaceResult Find(IEnumerable<Message> accepted, PaceLimit limit)
    {
        var max = 0;
        var broken = 0;
        string? worst = null;
        foreach (var group in accepted.Where(message => IsInScope(message, limit.Scope)).GroupBy(message => GroupKey(message, limit.Scope)))
        {
            var arrivals = group
                .Select(message => new Arrival(
                    message.ArrivedMicroseconds, limit.BySegments && !message.Sender.IsWhatsApp ? message.Segments : 1))
                .OrderBy(arrival => arrival.Microseconds)
                .ToList();
            var found = CountBrokenWindows(arrivals, limit.Window.Ticks / TimeSpan.TicksPerMicrosecond, limit.Count);
            broken += found.Broken;
            if (found.Max > max)
            {
                (max, worst) = (found.Max, group.Key);
            }
        }

        return new(limit, max, worst, broken);
    }

    private static bool IsInScope(Message message, PaceScope scope) => scope switch
    {
        PaceScope.Sender => !message.Sender.IsSandbox,
        PaceScope.Sandbox => message.Sender.IsSandbox,
        PaceScope.WhatsAppRecipient => message.Sender.IsWhatsApp,
        _ => true,
    };

    private static string GroupKey(Message message, PaceScope scope) => scope switch
    {
        PaceScope.Sender => message.Sender.Address,
        PaceScope.Sandbox or PaceScope.Account => message.Sender.Account.Sid,
        _ => message.Contact,
    };
}
