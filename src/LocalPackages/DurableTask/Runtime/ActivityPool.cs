using System.Collections.Concurrent;
using Microsoft.DurableTask.Engine;
using Microsoft.DurableTask.Store;

namespace Microsoft.DurableTask.Runtime;

/// <summary>Runs activities, so many at once as allowed and as many more in reserve; takes up what waits for anybody.</summary>
internal sealed class ActivityPool : IDisposable
{
    private readonly Hub hub;
    private readonly int most;
    private readonly SemaphoreSlim running;
    private readonly Latch waiting = new();
    private readonly CancellationTokenSource grace = new();
    private readonly ConcurrentDictionary<(Guid Life, int Task), bool> known = new();
    private readonly Lock gate = new();
    private bool inDoubt;
    private int held;
    private bool full;
    private bool stopping;
    private TaskCompletionSource? drained;

    public ActivityPool(Hub hub)
    {
        this.hub = hub;
        most = 2 * hub.Options.MaxActivities;
        running = new SemaphoreSlim(hub.Options.MaxActivities);
    }

    /// <summary>Says that there are activities which nobody has taken.</summary>
    public void MoreWaiting() => waiting.Set();

    /// <returns>For how many of the wanted there is room; they are counted from now on.</returns>
    public int Reserve(int wanted)
    {
        lock (gate)
        {
            var granted = stopping ? 0 : Math.Clamp(most - held, 0, wanted);
            held += granted;
            return granted;
        }
    }

    public void GiveBack(int count)
    {
        lock (gate)
        {
            held -= count;
            if (full && most - held >= Worthwhile)
            {
                full = false;
                waiting.Set();
            }

            if (held == 0)
            {
                drained?.TrySetResult();
            }
        }
    }

    public void Run(ActivityWork work)
    {
        known.TryAdd((work.Life, work.Task), true);
        _ = Task.Run(() => RunAsync(work));
    }

    /// <summary>One look for activities that nobody has taken, when told of some or once in a while.</summary>
    public async Task TakeAsync(CancellationToken cancellation)
    {
        if (inDoubt)
        {
            await Activities.ReleaseUnknownAsync(hub.Db, hub.Membership.Id, [.. known.Keys], cancellation);
            inDoubt = false;
        }
        else
        {
            await waiting.WaitAsync(hub.Options.LookAround, hub.Time, cancellation);
        }

        while (Room() is > 0 and var room)
        {
            var taken = new List<ActivityWork>();
            try
            {
                taken = await Activities.ClaimAsync(hub.Db, hub.Membership.Id, room, cancellation);
            }
            catch
            {
                inDoubt = true;
                throw;
            }
            finally
            {
                GiveBack(room - taken.Count);
            }

            foreach (var work in taken)
            {
                hub.Dispatcher.Adopt(work);
                Run(work);
            }

            if (taken.Count < room)
            {
                return;
            }
        }
    }

    /// <summary>Takes nothing more; what runs may end, until the time is up.</summary>
    public async Task DrainAsync(CancellationToken timeUp)
    {
        Task done;
        lock (gate)
        {
            stopping = true;
            drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            done = held == 0 ? Task.CompletedTask : drained.Task;
        }

        await done.WaitAsync(timeUp).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await grace.CancelAsync();
    }

    public void Dispose()
    {
        waiting.Dispose();
        grace.Dispose();
        running.Dispose();
    }

    private int Worthwhile => Math.Max(1, most / 4);

    private int Room()
    {
        lock (gate)
        {
            full = most - held < Worthwhile;
            return full ? 0 : Reserve(most - held);
        }
    }

    private async Task RunAsync(ActivityWork work)
    {
        try
        {
            await running.WaitAsync(grace.Token);
            Ending? ending;
            try
            {
                ending = await ExecuteAsync(work);
            }
            finally
            {
                running.Release();
            }

            if (ending is not null)
            {
                await hub.Dispatcher.DeliverAsync(ending, grace.Token);
            }
        }
        catch (OperationCanceledException) when (grace.IsCancellationRequested)
        {
            // The row stays; another process runs it.
        }
        finally
        {
            known.TryRemove((work.Life, work.Task), out _);
            hub.Dispatcher.Forget(work);
            GiveBack(1);
        }
    }

    /// <returns>Null when the activity is not this process's to run any more.</returns>
    private async Task<Ending?> ExecuteAsync(ActivityWork work)
    {
        lock (gate)
        {
            if (stopping)
            {
                return null;
            }
        }

        if (!await hub.Membership.ConfirmAsync(work.Owner, grace.Token))
        {
            return null;
        }

        try
        {
            var activity = hub.Functions.Activity(work.Name)
                ?? throw new InvalidOperationException($"There is no activity named '{work.Name}'.");
            var result = await activity(new ActivityCall(work.InstanceId, work.Name, work.Input), grace.Token);
            return new Ending(work, EventKind.ActivityCompleted, Json.Write(result));
        }
        catch (OperationCanceledException) when (grace.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e)
        {
            return new Ending(work, EventKind.ActivityFailed, Json.Write(TaskFailureDetails.FromException(e)));
        }
    }
}
