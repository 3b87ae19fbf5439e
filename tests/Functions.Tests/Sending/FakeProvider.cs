using System.Collections.Concurrent;
using System.Diagnostics;
using Relais.Channels;

namespace Functions.Tests.Sending;

/// <summary>A provider in memory: it remembers when it saw each call, and answers as told.</summary>
internal sealed class FakeProvider : IMessageSender, IMessageLookup
{
    private static int sids;

    public ConcurrentQueue<(OutboundMessage Message, TimeSpan At)> Seen { get; } = new();

    public ConcurrentDictionary<string, List<ListedMessage>> Listed { get; } = new();

    /// <summary>How a call travels: before and after the provider sees it.</summary>
    public Func<(TimeSpan There, TimeSpan Back)> Latency { get; set; } = () => (TimeSpan.Zero, TimeSpan.Zero);

    public Func<OutboundMessage, SendOutcome?> Answer { get; set; } = _ => null;

    /// <summary>What happens when the list of an address is asked for.</summary>
    public Func<string, Task> Asked { get; set; } = _ => Task.CompletedTask;

    /// <summary>What happens when one message of a sender is asked for.</summary>
    public Func<SenderConnection, Task> Fetched { get; set; } = _ => Task.CompletedTask;

    /// <summary>False: the list gives no answer.</summary>
    public bool Lists { get; set; } = true;

    /// <summary>What happens elsewhere while the list is on its way.</summary>
    public Func<Task> WhileListing { get; set; } = () => Task.CompletedTask;

    public async Task<SendOutcome> SendAsync(SenderConnection sender, OutboundMessage message, Func<bool> mayLeave)
    {
        var (there, back) = Latency();
        if (there > TimeSpan.Zero)
        {
            await Task.Delay(there);
        }

        Seen.Enqueue((message, Stopwatch.GetElapsedTime(0)));
        if (back > TimeSpan.Zero)
        {
            await Task.Delay(back);
        }

        await Task.Yield();
        return Answer(message) ?? new SendOutcome.Accepted($"SM{Interlocked.Increment(ref sids):x32}", "queued");
    }

    public async Task<IReadOnlyList<ListedMessage>?> ListAsync(SenderConnection sender, string contactAddress, DateTimeOffset since, CancellationToken ct)
    {
        await WhileListing();
        await Asked(contactAddress);
        return Lists ? [.. Listed.GetValueOrDefault(contactAddress, [])] : null;
    }

    public async Task<ListedMessage?> FetchAsync(SenderConnection sender, string sid, CancellationToken ct)
    {
        await Fetched(sender);
        return Lists ? Listed.Values.SelectMany(one => one).FirstOrDefault(one => one.Sid == sid) : null;
    }

    /// <summary>The most units seen in any window of that length.</summary>
    public int MostIn(TimeSpan window)
    {
        var times = Seen.Select(seen => (seen.At, seen.Message.Units)).OrderBy(seen => seen.At).ToList();
        var most = 0;
        for (int first = 0, last = 0, sum = 0; last < times.Count; last++)
        {
            sum += times[last].Units;
            while (times[last].At - times[first].At >= window)
            {
                sum -= times[first++].Units;
            }

            most = Math.Max(most, sum);
        }

        return most;
    }
}
