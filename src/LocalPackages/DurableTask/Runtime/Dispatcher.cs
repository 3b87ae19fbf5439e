using System.Collections.Concurrent;
using Microsoft.DurableTask.Store;

namespace Microsoft.DurableTask.Runtime;

/// <summary>Brings instances that have news together with the room to work on them.</summary>
internal sealed class Dispatcher(Hub hub) : IDisposable
{
    private const int AtOnce = 64;

    private readonly ConcurrentDictionary<string, InstanceActor> actors = new(StringComparer.Ordinal);
    private readonly Queue<string> wanted = new();
    private readonly HashSet<string> queued = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private readonly Latch change = new();
    private readonly Latch look = new();
    private readonly CancellationTokenSource abandon = new();
    private volatile bool stopping;
    private bool inDoubt;
    private TaskCompletionSource? drained;

    public SemaphoreSlim Steps { get; } = new(hub.Options.MaxOrchestrators);

    public bool IsStopping => stopping;

    private int Room => Math.Max(AtOnce, 4 * hub.Options.MaxOrchestrators) - actors.Count;

    /// <summary>Says that an instance may have something to do.</summary>
    public void Wake(string id)
    {
        if (Poke(id))
        {
            return;
        }

        lock (gate)
        {
            if (queued.Add(id))
            {
                wanted.Enqueue(id);
            }
        }

        change.Set();
    }

    public void LookAround() => look.Set();

    public async Task LookAroundAsync(CancellationToken cancellation)
    {
        await look.WaitAsync(hub.Options.LookAround, hub.Time, cancellation);
        try
        {
            foreach (var id in await Leases.ScanAsync(hub.Db, hub.Membership.Id, 1000, hub.Now, cancellation))
            {
                Wake(id);
            }
        }
        catch
        {
            // The scan that was asked for is still due.
            look.Set();
            throw;
        }
    }

    /// <summary>Claims what is wanted as long as there is room.</summary>
    public async Task ClaimAsync(CancellationToken cancellation)
    {
        if (inDoubt)
        {
            await Leases.ReleaseUnknownAsync(hub.Db, hub.Membership.Id, [.. actors.Keys], cancellation);
            inDoubt = false;
        }
        else
        {
            await change.WaitAsync(cancellation);
        }

        while (!stopping && hub.Membership.IsTrusted && Next() is { Length: > 0 } ids)
        {
            try
            {
                var (claimed, notClaimed) = await ClaimInstances.ExecuteAsync(hub.Db, ids, hub.Membership.Id, hub.Now, cancellation);
                foreach (var instance in claimed)
                {
                    Begin(instance);
                }

                hub.Tell(notClaimed);
            }
            catch
            {
                inDoubt = true;
                Array.ForEach(ids, Wake);
                throw;
            }
        }
    }

    /// <summary>Binds an activity that was taken from the waiting ones to its instance, when that is here.</summary>
    public void Adopt(ActivityWork work)
    {
        if (actors.TryGetValue(work.InstanceId, out var actor))
        {
            actor.Mailbox.Adopt(work.Task);
        }
    }

    public void Forget(ActivityWork work)
    {
        if (actors.TryGetValue(work.InstanceId, out var actor))
        {
            actor.Mailbox.Forget(work.Task);
        }
    }

    /// <summary>To the instance if it is in memory here, else into its inbox.</summary>
    public async Task DeliverAsync(Ending ending, CancellationToken cancellation)
    {
        if (actors.TryGetValue(ending.Work.InstanceId, out var actor) && actor.Mailbox.Post(ending))
        {
            return;
        }

        await ReportAsync(ending, cancellation);
    }

    public async Task ReportAsync(Ending ending, CancellationToken cancellation)
    {
        var target = await hub.Outages.InsistAsync(token => Activities.EndAsync(hub.Db, ending, token), cancellation);
        if (target is not null)
        {
            hub.Tell([target]);
        }
    }

    public void StopClaiming() => stopping = true;

    /// <summary>Lets the steps under way be committed.</summary>
    public async Task DrainAsync(CancellationToken timeUp)
    {
        drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!actors.IsEmpty)
        {
            await drained.Task.WaitAsync(timeUp).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await abandon.CancelAsync();
    }

    public void Dispose()
    {
        change.Dispose();
        look.Dispose();
        abandon.Dispose();
        Steps.Dispose();
    }

    private void Begin(Claimed instance)
    {
        // One that has not left the table yet is replaced: what it held is void.
        var actor = new InstanceActor(hub, instance);
        actors[instance.Lease.Id] = actor;
        _ = Task.Run(() => LiveAsync(actor));
    }

    private async Task LiveAsync(InstanceActor actor)
    {
        try
        {
            await actor.LiveAsync(abandon.Token);
        }
        finally
        {
            actors.TryRemove(new(actor.Id, actor));
            var (late, poked) = actor.Mailbox.Close();
            foreach (var ending in late)
            {
                _ = ReportAsync(ending, abandon.Token);
            }

            if (poked)
            {
                Wake(actor.Id);
            }

            change.Set();
            if (actors.IsEmpty)
            {
                drained?.TrySetResult();
            }
        }
    }

    private bool Poke(string id) => actors.TryGetValue(id, out var actor) && actor.Mailbox.Poke();

    private string[] Next()
    {
        lock (gate)
        {
            var ids = new List<string>();
            while (ids.Count < Math.Min(Room, AtOnce) && wanted.TryDequeue(out var id))
            {
                queued.Remove(id);

                // The id may have been queued while the claim of the same instance was under way. That claim has read the inbox too early
                // for this news, and another claim would not return the instance, so the instance reads its inbox again.
                if (!Poke(id))
                {
                    ids.Add(id);
                }
            }

            return [.. ids];
        }
    }
}
