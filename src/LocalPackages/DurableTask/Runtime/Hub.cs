using Microsoft.DurableTask.Store;
using Microsoft.Extensions.Logging;

namespace Microsoft.DurableTask.Runtime;

/// <summary>One process's share of a task hub: everything that works on it, and the order in which it starts and stops.</summary>
internal sealed class Hub : IAsyncDisposable, IDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Bell bell;
    private Task work = Task.CompletedTask;

    public Hub(HubOptions options, IDurableFunctions functions, TimeProvider time, ILoggerFactory loggers)
    {
        Options = options;
        Functions = functions;
        Time = time;
        Loggers = loggers;
        Logger = loggers.CreateLogger("DurableTask");
        Db = new Db(options.ConnectionString, options.HubName);
        Outages = new Outages(time, Logger);
        Membership = new Membership(Db, time, Logger);
        Dispatcher = new Dispatcher(this);
        Activities = new ActivityPool(this);
        Timers = new TimerLoop(this);
        bell = new Bell(Db, Membership);
    }

    public HubOptions Options { get; }

    public IDurableFunctions Functions { get; }

    public TimeProvider Time { get; }

    public DateTime Now => Time.GetUtcNow().UtcDateTime;

    public ILoggerFactory Loggers { get; }

    public ILogger Logger { get; }

    public Db Db { get; }

    public Outages Outages { get; }

    public Membership Membership { get; }

    public Dispatcher Dispatcher { get; }

    public ActivityPool Activities { get; }

    public TimerLoop Timers { get; }

    public Signals Changes { get; } = new();

    /// <summary>Done once the schema is there.</summary>
    public Task Ready => ready.Task;

    public void Start() => work = Task.Run(() => WorkAsync(stop.Token));

    /// <summary>Takes no more work, lets the activities end until the time is up, gives back all that it holds.</summary>
    public async Task StopAsync(CancellationToken timeUp)
    {
        Dispatcher.StopClaiming();
        await Activities.DrainAsync(timeUp);
        await Dispatcher.DrainAsync(timeUp);
        await stop.CancelAsync();
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Membership.Id > 0)
        {
            await LeaveAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Activities.Dispose();
        Timers.Dispose();
        Dispatcher.Dispose();
        stop.Dispose();
        await Db.DisposeAsync();
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Passes news on to the processes that hold the instances; this one's are woken here.</summary>
    public void Tell(IEnumerable<Target> targets)
    {
        var me = Membership.Id;
        var texts = new List<string>();
        foreach (var target in targets)
        {
            if (target.Owner is { } owner && owner != me)
            {
                texts.Add(Notify.Text(Notify.Wake, me, target.Id));
            }
            else
            {
                Dispatcher.Wake(target.Id);
            }
        }

        Announce(texts);
    }

    public void Announce(List<string> texts)
    {
        if (texts.Count > 0)
        {
            _ = AnnounceAsync([.. texts]);
        }
    }

    private async Task WorkAsync(CancellationToken cancellation)
    {
        await Outages.InsistAsync(token => Schema.PrepareAsync(Db, token), cancellation);
        await Outages.InsistAsync(Membership.JoinAsync, cancellation);
        ready.TrySetResult();
        await Task.WhenAll(
            Outages.LoopAsync(BeatAsync, cancellation),
            Outages.LoopAsync(token => bell.ListenAsync(Heard, Connected, token), cancellation),
            Outages.LoopAsync(Dispatcher.ClaimAsync, cancellation),
            Outages.LoopAsync(Dispatcher.LookAroundAsync, cancellation),
            Outages.LoopAsync(Activities.TakeAsync, cancellation),
            Outages.LoopAsync(Timers.TurnAsync, cancellation));
    }

    private async Task BeatAsync(CancellationToken cancellation)
    {
        // A process that did not trust its leases has put its claims off.
        var (wasTrusted, wasAlone) = (Membership.IsTrusted, Membership.Alone);
        if (await Membership.BeatAsync(cancellation) || !wasTrusted)
        {
            LookAround();
        }

        if (wasAlone && !Membership.Alone)
        {
            // Clients here have waited without asking for announcements, because there was no other process: they look again and ask.
            Changes.AllChanged();
        }

        await Task.Delay(Workers.Beat, Time, cancellation);
    }

    /// <summary>Notifications were lost before the connection listened.</summary>
    private void Connected()
    {
        LookAround();
        Changes.AllChanged();
    }

    private void LookAround()
    {
        Dispatcher.LookAround();
        Activities.MoreWaiting();
    }

    private void Heard(string text)
    {
        var (kind, from, subject) = Notify.Parse(text);
        if (from == Membership.Id)
        {
            return;
        }

        switch (kind)
        {
            case Notify.Wake:
                Dispatcher.Wake(subject);
                break;
            case Notify.ActivitiesWait:
                Activities.MoreWaiting();
                break;
            default:
                Changes.Changed(subject);
                break;
        }
    }

    private async Task AnnounceAsync(string[] texts)
    {
        try
        {
            await Notify.SendAsync(Db, texts, stop.Token);
        }
        catch (Exception e) when (Outages.IsOutage(e) || e is OperationCanceledException or ObjectDisposedException)
        {
            // They look around by themselves.
        }
    }

    private async Task LeaveAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(3), Time);
        try
        {
            await Membership.LeaveAsync(limit.Token);
            if (!Membership.Alone)
            {
                await Notify.SendAsync(Db, [Notify.Text(Notify.ActivitiesWait, Membership.Id, "")], limit.Token);
            }
        }
        catch (Exception e) when (Outages.IsOutage(e) || e is OperationCanceledException)
        {
            // The others will find out by the beat.
        }
    }
}
