using System.Text.Json;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Azure.Functions.Worker.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Queues;

/// <summary>Runs a function on one message and settles the message: away, back to the queue, or to poison.</summary>
internal sealed partial class MessageRunner(
    LocalFunction function,
    QueueClient queue,
    QueueClient poison,
    QueueSettings settings,
    IFunctionInvoker invoker,
    JsonSerializerOptions json,
    TimeProvider time,
    ILogger logger)
{
    public QueueClient Queue => queue;

    /// <returns>When the message will be seen again, if it will.</returns>
    public async Task<TimeSpan?> RunAsync(QueueMessage message, CancellationToken cancelWork)
    {
        using var lease = new MessageLease(queue, message, settings.Lease, time, logger);
        try
        {
            return await RunAsync(message, lease, cancelWork);
        }
        catch (Exception e)
        {
            Log.NotSettled(logger, message.MessageId, queue.Name, e);
            return null;
        }
    }

    private async Task<TimeSpan?> RunAsync(QueueMessage message, MessageLease lease, CancellationToken cancelWork)
    {
        var body = QueueBody.Decode(message.MessageText, settings.Base64);
        var runs = body is not null && message.DequeueCount <= settings.MaxDequeueCount;
        if (runs && await SucceedsAsync(message, body!, cancelWork))
        {
            await lease.DeleteAsync(CancellationToken.None);
            return null;
        }

        if (cancelWork.IsCancellationRequested || (runs && message.DequeueCount < settings.MaxDequeueCount))
        {
            var after = cancelWork.IsCancellationRequested ? TimeSpan.Zero : settings.VisibilityTimeout;
            await lease.ReleaseAsync(after, CancellationToken.None);
            return after;
        }

        await QueueOutputs.SendAsync(poison, message.MessageText, CancellationToken.None, TimeSpan.FromSeconds(-1));
        await lease.DeleteAsync(CancellationToken.None);
        Log.Poisoned(logger, message.MessageId, poison.Name);
        return null;
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

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Function {Function} failed on message {Message}, attempt {Attempt} of {Most}")]
        public static partial void Failed(ILogger logger, string function, string message, long attempt, int most, Exception exception);

        [LoggerMessage(2, LogLevel.Warning, "Message {Message} was moved to {Poison}")]
        public static partial void Poisoned(ILogger logger, string message, string poison);

        [LoggerMessage(3, LogLevel.Error, "Message {Message} of queue {Queue} was processed, but the queue could not be told")]
        public static partial void NotSettled(ILogger logger, string message, string queue, Exception exception);
    }
}
