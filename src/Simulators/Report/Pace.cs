namespace Relais.Simulators;

public enum PaceScope
{
    /// <summary>Each sender but the sandbox.</summary>
    Sender,

    /// <summary>The sandbox number, per account.</summary>
    Sandbox,

    /// <summary>All senders of an account together.</summary>
    Account,

    /// <summary>Each recipient.</summary>
    Recipient,

    /// <summary>Each recipient on WhatsApp.</summary>
    WhatsAppRecipient,
}

/// <summary>At most so many in any window of that length.</summary>
public sealed record PaceLimit(PaceScope Scope, int Count, TimeSpan Window)
{
    /// <summary>SMS count by their segments.</summary>
    public bool BySegments { get; init; }

    public static IReadOnlyList<PaceLimit> Usual { get; } =
    [
        new(PaceScope.Sender, 10, TimeSpan.FromSeconds(1)),
        new(PaceScope.Sandbox, 1, TimeSpan.FromSeconds(3)),
        new(PaceScope.Recipient, 5, TimeSpan.FromMinutes(1)),
        new(PaceScope.WhatsAppRecipient, 1, TimeSpan.FromSeconds(6)),
    ];
}

/// <param name="Limit">what was asked</param>
/// <param name="Max">the most in any one window</param>
/// <param name="Worst">who had it</param>
/// <param name="WindowsBroken">messages that arrived when their window was full already</param>
public sealed record PaceResult(PaceLimit Limit, int Max, string? Worst, int WindowsBroken);

internal readonly record struct Arrival(long Microseconds, int Weight);

internal static class Pace
{
    /// <summary>
    /// The heaviest window of that length, and how many arrivals found theirs full. Two arrivals exactly one window apart do not share one.
    /// </summary>
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

    public static PaceResult Find(IEnumerable<Message> accepted, PaceLimit limit)
    {
        var max = 0;
        var broken = 0;
        string? worst = null;
        foreach (var group in accepted.Where(message => IsIn(message, limit.Scope)).GroupBy(message => Key(message, limit.Scope)))
        {
            var arrivals = group.Select(message => new Arrival(message.ArrivedMicroseconds, limit.BySegments && !message.Sender.IsWhatsApp ? message.Segments : 1))
                .OrderBy(arrival => arrival.Microseconds).ToList();
            var found = CountBrokenWindows(arrivals, limit.Window.Ticks / TimeSpan.TicksPerMicrosecond, limit.Count);
            broken += found.Broken;
            if (found.Max > max)
            {
                (max, worst) = (found.Max, group.Key);
            }
        }

        return new(limit, max, worst, broken);
    }

    private static bool IsIn(Message message, PaceScope scope) => scope switch
    {
        PaceScope.Sender => !message.Sender.IsSandbox,
        PaceScope.Sandbox => message.Sender.IsSandbox,
        PaceScope.WhatsAppRecipient => message.Sender.IsWhatsApp,
        _ => true,
    };

    private static string Key(Message message, PaceScope scope) => scope switch
    {
        PaceScope.Sender => message.Sender.Address,
        PaceScope.Sandbox or PaceScope.Account => message.Sender.Account.Sid,
        _ => message.Contact,
    };
}
