using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Relais.Simulators;

/// <summary>
/// Status callbacks: as many at once as there are lanes. A message stays in its lane, so that its callbacks
/// keep their order unless a fault says otherwise.
/// </summary>
internal sealed class StatusCallbacks : IAsyncDisposable
{
    private readonly Simulation _simulation;
    private readonly Channel<Job>[] _lanes;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, int> _answers = new(StringComparer.Ordinal);
    private Task[] _workers = [];
    private int _pending;
    private int _dropped;

    public StatusCallbacks(Simulation simulation)
    {
        _simulation = simulation;
        _lanes = [.. Enumerable.Range(0, simulation.Options.MaxConcurrentCallbacks).Select(_ => Channel.CreateUnbounded<Job>())];
    }

    public int Pending => Volatile.Read(ref _pending);

    public int Dropped => Volatile.Read(ref _dropped);

    /// <summary>How the webhooks answered: status code, "timeout" or "unreachable".</summary>
    public IReadOnlyDictionary<string, int> Answers => _answers.ToDictionary();

    public void Start() => _workers = [.. _lanes.Select(lane => Task.Run(() => WorkAsync(lane.Reader)))];

    public void Post(Message message, MessageStatus status, int errorCode)
    {
        if (message.StatusCallback is null)
        {
            return;
        }

        var (faults, delay) = Meet(message, status);
        if (faults.HasFlag(CallbackFaults.Dropped))
        {
            Interlocked.Increment(ref _dropped);
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
                _simulation.Agenda.Schedule(_simulation.Clock.Now + delay, () => Write(job));
            }
        }
    }

    /// <summary>At once, and waits for the answer.</summary>
    public async Task SendAsync(Message message, MessageStatus status, int errorCode, CancellationToken ct)
    {
        if (message.StatusCallback is not { } url)
        {
            return;
        }

        var form = CallbackForm.Of(message, status, errorCode, _simulation.Clock.Now);
        var answer = await _simulation.Webhooks.PostAsync(message.Sender.Account, url, form, ct);
        _answers.AddOrUpdate(answer.Name, 1, (_, n) => n + 1);
    }

    public void Clear()
    {
        foreach (var lane in _lanes)
        {
            while (lane.Reader.TryRead(out _))
            {
                Interlocked.Decrement(ref _pending);
            }
        }

        Volatile.Write(ref _dropped, 0);
        _answers.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_workers);
        _stop.Dispose();
    }

    private void Write(Job job)
    {
        Interlocked.Increment(ref _pending);
        _lanes[job.Message.Number % _lanes.Length].Writer.TryWrite(job);
    }

    private async Task WorkAsync(ChannelReader<Job> lane)
    {
        try
        {
            await foreach (var job in lane.ReadAllAsync(_stop.Token))
            {
                if (_simulation.Store.Find(job.Message.Sender.Account.Sid, job.Message.Sid) is not null)
                {
                    await SendAsync(job.Message, job.Status, job.ErrorCode, _stop.Token);
                }

                Interlocked.Decrement(ref _pending);
            }
        }
        catch (OperationCanceledException)
        {
            // the simulator stops
        }
    }

    private (CallbackFaults Faults, TimeSpan Delay) Meet(Message message, MessageStatus status)
    {
        var settings = _simulation.Faults;
        var about = $"{message.To} {message.Number} {status}";
        bool Meets(double share, string question) => share > 0 && SeededRandom.Roll(_simulation.Options.Seed, about, question) < share;
        var faults = message.Outcome.Callbacks
            | (Meets(settings.DropCallback, "drop") ? CallbackFaults.Dropped : 0)
            | (Meets(settings.DuplicateCallback, "duplicate") ? CallbackFaults.Duplicate : 0)
            | (Meets(settings.LateCallback, "late") ? CallbackFaults.Late : 0)
            | (Meets(settings.ShuffleCallback, "shuffle") ? CallbackFaults.Shuffled : 0);
        var milliseconds = faults.HasFlag(CallbackFaults.Late) ? settings.LateByMs : 0d;
        if (faults.HasFlag(CallbackFaults.Shuffled))
        {
            milliseconds += settings.ShuffleSpreadMs * SeededRandom.Roll(_simulation.Options.Seed, about, "spread");
        }

        if (faults.HasFlag(CallbackFaults.Reversed))
        {
            milliseconds += settings.ShuffleSpreadMs * (MessageStatus.Failed - status) / 4d;
        }

        return (faults, TimeSpan.FromMilliseconds(milliseconds));
    }

    private readonly record struct Job(Message Message, MessageStatus Status, int ErrorCode);
}
