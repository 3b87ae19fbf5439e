using Azure;
using Azure.Storage.Queues.Models;
using Microsoft.Azure.Functions.Worker.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Queues;

/// <summary>Polls the queue of one function and runs its messages side by side.</summary>
internal sealed partial class QueueListener(MessageRunner runner, QueueSettings settings, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan LongestWake = TimeSpan.FromMinutes(1);
    private readonly Wakeup finished = new(time);
    private readonly Wakeup sent = new(time);
    private readonly PollInterval interval = new(settings.MaxPollingInterval);
    private int running;

    public Uri Queue => runner.Queue.Uri;

    /// <summary>A message will be there after a while: look then, not at the next poll. A long while is left to the polls.</summary>
    public void Wake(TimeSpan after)
    {
        if (after <= TimeSpan.Zero)
        {
            sent.Set();
        }
        else if (after <= LongestWake)
        {
            _ = WakeLaterAsync(after);
        }
    }

    /// <summary>Takes messages until told to stop, and ends when all that were taken are done.</summary>
    public async Task RunAsync(CancellationToken stop, CancellationToken cancelWork)
    {
        while (!stop.IsCancellationRequested)
        {
            await UntilRunningIsAtMostAsync(settings.NewBatchThreshold, stop);
            if (!stop.IsCancellationRequested && await TakeAsync(cancelWork) == 0)
            {
                await WaitAsync(stop);
            }
        }

        await UntilRunningIsAtMostAsync(0, CancellationToken.None);
    }

    /// <summary>Receiving is not broken off by a stop: messages that are on the way would stay hidden for a lease.</summary>
    private async Task<int> TakeAsync(CancellationToken cancelWork)
    {
        try
        {
            sent.Reset();
            var messages = (await runner.Queue.ReceiveMessagesAsync(settings.BatchSize, settings.Lease, cancelWork)).Value;
            foreach (var message in messages)
            {
                Interlocked.Increment(ref running);
                _ = Task.Run(() => RunAsync(message, cancelWork), CancellationToken.None);
            }

            if (messages.Length > 0)
            {
                interval.Reset();
            }

            return messages.Length;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            // whoever sends makes the queue
            return 0;
        }
        catch (Exception e)
        {
            Log.NotReceived(logger, runner.Queue.Name, e.Message);
            return 0;
        }
    }

    private async Task RunAsync(QueueMessage message, CancellationToken cancelWork)
    {
        if (await runner.RunAsync(message, cancelWork) is { } after)
        {
            Wake(after);
        }

        Interlocked.Decrement(ref running);
        finished.Set();
    }

    private async Task WaitAsync(CancellationToken stop)
    {
        if (await sent.WaitAsync(interval.Next(), stop))
        {
            interval.Reset();
        }
    }

    private async Task WakeLaterAsync(TimeSpan after)
    {
        await Task.Delay(after, time, CancellationToken.None);
        sent.Set();
    }

    private async Task UntilRunningIsAtMostAsync(int most, CancellationToken stop)
    {
        while (Volatile.Read(ref running) > most && !stop.IsCancellationRequested)
        {
            await finished.WaitAsync(stop);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Queue {Queue} cannot be read: {Reason}")]
        public static partial void NotReceived(ILogger logger, string queue, string reason);
    }
}
