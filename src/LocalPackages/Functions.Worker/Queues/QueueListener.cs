using System.Text.Json;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Azure.Functions.Worker.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Queues;

/// <summary>Polls the queue of one function and runs its messages side by side.</summary>
internal sealed partial class QueueListener(
    LocalFunction function,
    QueueClient queue,
    QueueClient poison,
    QueueSettings settings,
    IFunctionInvoker invoker,
    JsonSerializerOptions json,
    TimeProvider time,
    ILogger logger)
{
    private readonly Wakeup finished = new(time);
    private readonly Wakeup sent = new(time);
    private static readonly TimeSpan LongestWake = TimeSpan.FromMinutes(1);
    private readonly PollInterval interval = new(settings.MaxPollingInterval);
    private int running;

    public Uri Queue => queue.Uri;

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
            var messages = (await queue.ReceiveMessagesAsync(settings.BatchSize, settings.Lease, cancelWork)).Value;
            foreach (var message in messages)
            {
                Interlocked.Increment(ref running);
                _ = Task.Run(() => ProcessAsync(message, cancelWork), CancellationToken.None);
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
            Log.NotReceived(logger, queue.Name, e.Message);
            return 0;
        }
    }

    private async Task ProcessAsync(QueueMessage message, CancellationToken cancelWork)
    {
        using var lease = new MessageLease(queue, message, settings.Lease, time, logger);
        try
        {
            var body = QueueBody.Decode(message.MessageText, settings.Base64);
            var runs = body is not null && message.DequeueCount <= settings.MaxDequeueCount;
            if (runs && await SucceedsAsync(message, body!, cancelWork))
            {
                await lease.DeleteAsync(CancellationToken.None);
            }
            else if (cancelWork.IsCancellationRequested)
            {
                await lease.ReleaseAsync(TimeSpan.Zero, CancellationToken.None);
            }
            else if (runs && message.DequeueCount < settings.MaxDequeueCount)
            {
                await lease.ReleaseAsync(settings.VisibilityTimeout, CancellationToken.None);
                Wake(settings.VisibilityTimeout);
            }
            else
            {
                await QueueOutputs.SendAsync(poison, message.MessageText, CancellationToken.None, TimeSpan.FromSeconds(-1));
                await lease.DeleteAsync(CancellationToken.None);
                Log.Poisoned(logger, message.MessageId, poison.Name);
            }
        }
        catch (Exception e)
        {
            Log.NotSettled(logger, message.MessageId, queue.Name, e);
        }
        finally
        {
            Interlocked.Decrement(ref running);
            finished.Set();
        }
    }

    private async Task<bool> SucceedsAsync(QueueMessage message, byte[] body, CancellationToken cancelWork)
    {
        try
        {
            await invoker.InvokeAsync(function, QueueTrigger.Invocation(message, body, json), cancelWork);
            return true;
        }
        catch (Exception e)
        {
            Log.Failed(logger, function.Name, message.MessageId, message.DequeueCount, settings.MaxDequeueCount, e);
            return false;
        }
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
        [LoggerMessage(1, LogLevel.Error, "Function {Function} failed on message {Message}, attempt {Attempt} of {Most}")]
        public static partial void Failed(ILogger logger, string function, string message, long attempt, int most, Exception exception);

        [LoggerMessage(2, LogLevel.Warning, "Message {Message} was moved to {Poison}")]
        public static partial void Poisoned(ILogger logger, string message, string poison);

        [LoggerMessage(3, LogLevel.Error, "Message {Message} of queue {Queue} was processed, but the queue could not be told")]
        public static partial void NotSettled(ILogger logger, string message, string queue, Exception exception);

        [LoggerMessage(4, LogLevel.Warning, "Queue {Queue} cannot be read: {Reason}")]
        public static partial void NotReceived(ILogger logger, string queue, string reason);
    }
}
