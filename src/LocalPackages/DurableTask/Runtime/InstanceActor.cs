using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Store;
using Microsoft.Extensions.Logging;

namespace Microsoft.DurableTask.Runtime;

/// <summary>Holds the lease of one instance while there is something to do for it: reads its news, takes a step, again.</summary>
internal sealed partial class InstanceActor(Hub hub, Claimed claimed)
{
    private readonly InstanceState state = new(claimed);
    private List<Message> messages = claimed.Messages;
    private List<Ending> endings = [];

    public string Id => state.Lease.Id;

    public Mailbox Mailbox { get; } = new();

    public async Task LiveAsync(CancellationToken cancellation)
    {
        try
        {
            bool held;
            do
            {
                held = await TurnAsync(cancellation);
            }
            while (held && !(hub.Dispatcher.IsStopping && Mailbox.MayRest) && await Mailbox.WaitOrCloseAsync(cancellation));

            if (held)
            {
                await Leases.ReleaseAsync(hub.Db, state.Lease, cancellation);
            }
        }
        catch (LeaseLostException)
        {
            LogLost(hub.Logger, Id);
            _ = RecoverAsync(TimeSpan.Zero, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // All leases are given back together when the process leaves.
        }
        catch (Exception e)
        {
            LogFailed(hub.Logger, Id, e);
            _ = RecoverAsync(Outages.IsOutage(e) ? TimeSpan.Zero : TimeSpan.FromSeconds(2), cancellation);
        }
    }

    /// <returns>False when the lease is given back already.</returns>
    private async Task<bool> TurnAsync(CancellationToken cancellation)
    {
        var (ended, poked) = Mailbox.Take();
        endings = ended;
        if (!await hub.Membership.ConfirmAsync(state.Lease.Owner, cancellation))
        {
            throw new LeaseLostException(new InvalidOperationException("This process was taken for lost."));
        }

        if (poked)
        {
            if (await Leases.ReadInboxAsync(hub.Db, state.Lease, cancellation) is not var (status, inbox))
            {
                throw new LeaseLostException(new InvalidOperationException("The instance was ended from outside."));
            }

            messages = inbox;
            if (status == OrchestrationRuntimeStatus.Suspended)
            {
                await SetAsideAsync(cancellation);
                return false;
            }
        }

        if (messages.Count == ClaimInstances.MessagesAtOnce)
        {
            Mailbox.Poke();
        }

        return await StepAsync(cancellation);
    }

    private async Task<bool> StepAsync(CancellationToken cancellation)
    {
        var news = state.News(messages, endings, hub.Now, out var at);
        var consumed = messages.Select(m => m.Seq).ToArray();
        var ended = endings;
        if (news.Count == 0)
        {
            if (consumed.Length > 0)
            {
                await Leases.DropAsync(hub.Db, Id, consumed, cancellation);
            }

            messages = [];
            return true;
        }

        await hub.Dispatcher.Steps.WaitAsync(cancellation);
        StepEnd end;
        try
        {
            end = await new StepRunner(hub, state, Mailbox).RunAsync(news, at, consumed, ended, cancellation);
        }
        finally
        {
            hub.Dispatcher.Steps.Release();
        }

        messages = [];
        endings = [];
        if (end == StepEnd.Suspended)
        {
            await SetAsideAsync(cancellation);
        }

        return end == StepEnd.Held;
    }

    // What ended here meanwhile waits in the inbox until the instance is resumed.
    private async Task SetAsideAsync(CancellationToken cancellation)
    {
        var (late, poked) = Mailbox.Close();
        if (poked)
        {
            // The instance may have been resumed meanwhile: the hint is passed on when the lease is released.
            Mailbox.Poke();
        }

        endings = [.. endings, .. late];
        foreach (var ending in endings)
        {
            await Activities.EndAsync(hub.Db, ending, cancellation);
        }

        await Leases.ReleaseAsync(hub.Db, state.Lease, cancellation);
    }

    /// <summary>After a failure in the middle nobody knows what was committed: gives back everything, so that the database tells.</summary>
    private async Task RecoverAsync(TimeSpan pause, CancellationToken cancellation)
    {
        await Task.Delay(pause, hub.Time, cancellation);
        var (late, _) = Mailbox.Close();
        var running = Mailbox.Running;
        foreach (var ending in endings.Concat(late))
        {
            await hub.Dispatcher.ReportAsync(ending, cancellation);
        }

        await hub.Outages.InsistAsync(
            token => Activities.ReleaseAsync(hub.Db, state.Lease.Owner, state.Lease.Life, running, token), cancellation);
        await hub.Outages.InsistAsync(token => Leases.ReleaseAsync(hub.Db, state.Lease, token), cancellation);
        hub.Activities.MoreWaiting();
        hub.Dispatcher.Wake(Id);
    }

    [LoggerMessage(1, LogLevel.Information, "The lease of instance {Id} was lost.")]
    private static partial void LogLost(ILogger logger, string id);

    [LoggerMessage(2, LogLevel.Warning, "A step of instance {Id} failed; it will be repeated.")]
    private static partial void LogFailed(ILogger logger, string id, Exception e);
}
