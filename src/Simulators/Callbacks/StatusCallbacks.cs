using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Relais.Simulators;

/// <summary>
/// Sends status callbacks. Each lane sends one callback at a time, and all callbacks of a message use the same lane, so that they
/// arrive in order unless a fault changes it.
/// </summary>
internal sealed class StatusCallbacks : IAsyncDisposable
{
    private readonly Simulation simulation;
    private readonly Channel<Job>[] lanes;
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<string, int> answers = new(StringComparer.Ordinal);
    private Task[] workers = [];
    private int pending;
    private int dropped;

    public StatusCallbacks(Simulation simulation)
    {
        this.simulation = simulation;
        lanes = [.. Enumerable.Range(0, simulation.Options.MaxConcurrentCallbacks).Select(_ => Channel.CreateUnbounded<Job>())];
    }

    /// <summary>Callbacks that are queued or under way.</summary>
    public int Pending => Volatile.Read(ref pending);

    /// <summary>Callbacks that a fault has suppressed.</summary>
    public int Dropped => Volatile.Read(ref dropped);

    /// <summary>Number of callbacks by answer: HTTP status, "timeout" or "unreachable".</summary>
    public IReadOnlyDictionary<string, int> Answers => answers.ToDictionary();

    public void Start() => workers = [.. lanes.Select(lane => Task.Run(() => WorkAsync(lane.Reader)))];

    /// <summary>Queues the callback for a status, with the faults that apply to it.</summary>
    public void Post(Message message, MessageStatus status, int errorCode)
    {
        if (message.StatusCallback is null)
        {
            return;
        }

        var (faults, delay) = ChooseFaults(message, status);
        if (faults.HasFlag(CallbackFaults.Dropped))
        {
            Interlocked.Increment(ref dropped);
            return;
        }

        var job = new Job(message, status, errorCode);
        for (var copies = faults.HasFlag(CallbackFaults.Duplicate) ? 3 : 1; copies > 0; copies--)
        {
            if (delay == TimeSpan.Zero)
            {
                Write(job);
            }
            else
            {
                simulation.Scheduler.Schedule(simulation.Clock.Now + delay, () => Write(job));
            }
        }
    }

    /// <summary>Sends the callback immediately and waits for the answer.</summary>
    public async Task SendAsync(Message message, MessageStatus status, int errorCode, CancellationToken ct)
    {
        if (message.StatusCallback is not { } url)
        {
            return;
        }

        var form = CallbackForm.Of(message, status, errorCode, simulation.Clock.Now);
        var answer = await simulation.Webhooks.PostAsync(message.Sender.Account, url, form, ct);
        answers.AddOrUpdate(answer.Name, 1, (_, count) => count + 1);
    }

    public void Clear()
    {
        foreach (var lane in lanes)
        {
            while (lane.Reader.TryRead(out _))
            {
                Interlocked.Decrement(ref pending);
            }
        }

        Volatile.Write(ref dropped, 0);
        answers.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(workers);
        stop.Dispose();
    }

    private void Write(Job job)
    {
        Interlocked.Increment(ref pending);
        lanes[job.Message.Number % lanes.Length].Writer.TryWrite(job);
    }

    private async Task WorkAsync(ChannelReader<Job> lane)
    {
        try
        {
            await foreach (var job in lane.ReadAllAsync(stop.Token))
            {
                if (simulation.Messages.Find(job.Message.Sender.Account.Sid, job.Message.Sid) is not null)
                {
                    await SendAsync(job.Message, job.Status, job.ErrorCode, stop.Token);
                }

                Interlocked.Decrement(ref pending);
            }
        }
        catch (OperationCanceledException)
        {
            // The simulator is stopping.
        }
    }

    private (CallbackFaults Faults, TimeSpan Delay) ChooseFaults(Message message, MessageStatus status)
    {
        var settings = simulation.Faults;
        var subject = $"{message.To} {message.Number} {status}";
        bool Applies(double share, string purpose) =>
            share > 0 && SeededRandom.Roll(simulation.Options.Seed, subject, purpose) < share;
        var faults = message.Outcome.Callbacks
            | (Applies(settings.DropCallback, "drop") ? CallbackFaults.Dropped : 0)
            | (Applies(settings.DuplicateCallback, "duplicate") ? CallbackFaults.Duplicate : 0)
            | (Applies(settings.LateCallback, "late") ? CallbackFaults.Late : 0)
            | (Applies(settings.ShuffleCallback, "shuffle") ? CallbackFaults.Shuffled : 0);
        var milliseconds = faults.HasFlag(CallbackFaults.Late) ? settings.LateByMs : 0d;
        if (faults.HasFlag(CallbackFaults.Shuffled))
        {
            milliseconds += settings.ShuffleSpreadMs * SeededRandom.Roll(simulation.Options.Seed, subject, "spread");
        }

        if (faults.HasFlag(CallbackFaults.Reversed))
        {
            milliseconds += settings.ShuffleSpreadMs * (MessageStatus.Failed - status) / 4d;
        }

        return (faults, TimeSpan.FromMilliseconds(milliseconds));
    }

    private readonly record struct Job(Message Message, MessageStatus Status, int ErrorCode);
}
