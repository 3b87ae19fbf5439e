using System.Collections.Concurrent;
using System.Diagnostics;
using Relais.Channels;

namespace Functions.Tests.Sending;

/// <summary>An in-memory provider. It records the time of each call and returns the configured answers.</summary>
internal sealed class FakeProvider : IMessageSender, IMessageLookup
{
    private static int sids;

    public ConcurrentQueue<(OutboundMessage Message, TimeSpan At)> ReceivedCalls { get; } = new();

    public ConcurrentDictionary<string, List<ListedMessage>> Listed { get; } = new();

    /// <summary>The delays of a call before and after the provider sees it.</summary>
    public Func<(TimeSpan There, TimeSpan Back)> Latency { get; set; } = () => (TimeSpan.Zero, TimeSpan.Zero);

    public Func<OutboundMessage, SendOutcome?> Answer { get; set; } = _ => null;

    /// <summary>Called with the address when the messages of a recipient are listed.</summary>
    public Func<string, Task> OnListRequested { get; set; } = _ => Task.CompletedTask;

    /// <summary>Called with the sender when a single message is fetched.</summary>
    public Func<SenderConnection, Task> OnFetchRequested { get; set; } = _ => Task.CompletedTask;

    /// <summary>False when lists and single lookups return no answer.</summary>
    public bool IsLookupAvailable { get; set; } = true;

    /// <summary>Called while a list request is in progress.</summary>
    public Func<Task> WhileListing { get; set; } = () => Task.CompletedTask;

    public async Task<SendOutcome> SendAsync(SenderConnection sender, OutboundMessage message, Func<bool> canStillSend)
    {
        var (there, back) = Latency();
        if (there > TimeSpan.Zero)
        {
            await Task.Delay(there);
        }

        ReceivedCalls.Enqueue((message, Stopwatch.GetElapsedTime(0)));
        if (back > TimeSpan.Zero)
        {
            await Task.Delay(back);
        }

        await Task.Yield();
        return Answer(message) ?? new SendOutcome.Accepted($"SM{Interlocked.Increment(ref sids):x32}", "queued");
    }

    public async Task<IReadOnlyList<ListedMessage>?> ListAsync(
        SenderConnection sender, string contactAddress, DateTimeOffset since, CancellationToken ct)
    {
        await WhileListing();
        await OnListRequested(contactAddress);
        return IsLookupAvailable ? [.. Listed.GetValueOrDefault(contactAddress, [])] : null;
    }

    public async Task<ListedMessage?> FetchAsync(SenderConnection sender, string sid, CancellationToken ct)
    {
        await OnFetchRequested(sender);
        return IsLookupAvailable ? Listed.Values.SelectMany(messages => messages).FirstOrDefault(message => message.Sid == sid) : null;
    }

    /// <summary>Returns the highest number of units in any time window of this length.</summary>
    public int MaxUnitsIn(TimeSpan window)
    {
        var times = ReceivedCalls.Select(seen => (seen.At, seen.Message.Units)).OrderBy(seen => seen.At).ToList();
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
