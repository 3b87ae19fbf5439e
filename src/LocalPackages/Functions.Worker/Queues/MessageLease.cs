using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Queues;

/// <summary>Keeps a message hidden from others while its function runs.</summary>
internal sealed partial class MessageLease : IDisposable
{
    private readonly QueueClient queue;
    private readonly QueueMessage message;
    private readonly TimeSpan length;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly CancellationTokenSource done = new();
    private readonly Task renewal;
    private string receipt;
    private bool lost;

    public MessageLease(QueueClient queue, QueueMessage message, TimeSpan length, TimeProvider time, ILogger logger)
    {
        this.queue = queue;
        this.message = message;
        this.length = length;
        this.time = time;
        this.logger = logger;
        receipt = message.PopReceipt;
        renewal = RenewAsync();
    }

    /// <summary>Takes the message out of the queue.</summary>
    public Task DeleteAsync(CancellationToken ct) => EndAsync(() => queue.DeleteMessageAsync(message.MessageId, receipt, ct));

    /// <summary>Gives the message back, to be seen again after a while.</summary>
    public Task ReleaseAsync(TimeSpan after, CancellationToken ct) =>
        EndAsync(() => queue.UpdateMessageAsync(message.MessageId, receipt, messageText: null, after, ct));

    public void Dispose()
    {
        done.Cancel();
        done.Dispose();
    }

    private async Task EndAsync(Func<Task> end)
    {
        await done.CancelAsync();
        await renewal;
        if (lost)
        {
            return;
        }

        try
        {
            await end();
        }
        catch (RequestFailedException e) when (IsLost(e))
        {
            Log.Lost(logger, message.MessageId, queue.Name);
        }
    }

    private async Task RenewAsync()
    {
        while (!lost)
        {
            await Task.Delay(length / 2, time, done.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (done.IsCancellationRequested)
            {
                return;
            }

            await RenewOnceAsync();
        }
    }

    private async Task RenewOnceAsync()
    {
        using var limit = new CancellationTokenSource(length / 4, time);
        try
        {
            var renewed = await queue.UpdateMessageAsync(message.MessageId, receipt, messageText: null, length, limit.Token);
            receipt = renewed.Value.PopReceipt;
        }
        catch (RequestFailedException e) when (IsLost(e))
        {
            lost = true;
            Log.Lost(logger, message.MessageId, queue.Name);
        }
        catch (Exception e) when (e is RequestFailedException or OperationCanceledException or AggregateException)
        {
            Log.NotRenewed(logger, message.MessageId, queue.Name, e.Message);
        }
    }

    private static bool IsLost(RequestFailedException e) => e.Status == 404 || e.ErrorCode == QueueErrorCode.PopReceiptMismatch.ToString();

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The lease of message {Message} of queue {Queue} was lost: the message may run again")]
        public static partial void Lost(ILogger logger, string message, string queue);

        [LoggerMessage(2, LogLevel.Warning, "The lease of message {Message} of queue {Queue} was not renewed yet: {Reason}")]
        public static partial void NotRenewed(ILogger logger, string message, string queue, string reason);
    }
}
