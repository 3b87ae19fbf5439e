namespace FunctionsHost;

/// <summary>
/// Hides a queue message for <see cref="Recovery.QueueLease"/> and renews that while its function runs; the listener would hide it for
/// ten minutes. Each renewal changes the receipt, so this class also passes the new one on when the message is deleted or released.
/// The listener's own renewal, after five minutes, fails with its old receipt, which it ignores.
/// </summary>
internal sealed class QueueLeases(TimeProvider time) : IQueueProcessorFactory
{
    public QueueProcessor Create(QueueProcessorOptions queueProcessorOptions) => new Processor(queueProcessorOptions, time);

    private sealed class Processor(QueueProcessorOptions options, TimeProvider time) : QueueProcessor(options)
    {
        private readonly QueueClient queue = options.Queue;
        // deliveries of one message share its id, and messages that Azurite returns together share their receipt
        private readonly ConcurrentDictionary<(string, string), (CancellationTokenSource Ending, Task<string> LastReceipt)> leases = new();

        protected override async Task<bool> BeginProcessingMessageAsync(QueueMessage message, CancellationToken cancellationToken)
        {
            var begins = await base.BeginProcessingMessageAsync(message, cancellationToken);
            if (begins)
            {
                var ending = new CancellationTokenSource();
                leases[(message.MessageId, message.PopReceipt)] = (ending, KeepAsync(message, ending.Token));
            }

            return begins;
        }

        protected override async Task CompleteProcessingMessageAsync(
            QueueMessage message, FunctionResult result, CancellationToken cancellationToken)
        {
            if (leases.TryRemove((message.MessageId, message.PopReceipt), out var lease))
            {
                await lease.Ending.CancelAsync();
                message = message.Update(QueuesModelFactory.UpdateReceipt(await lease.LastReceipt, time.GetUtcNow() + Recovery.QueueLease));
                lease.Ending.Dispose();
            }

            await base.CompleteProcessingMessageAsync(message, result, cancellationToken);
        }

        /// <summary>Renews until the function has ended; a renewal is not cancelled, because its receipt would be unknown then.</summary>
        private async Task<string> KeepAsync(QueueMessage message, CancellationToken ending)
        {
            var receipt = message.PopReceipt;
            while (!ending.IsCancellationRequested)
            {
                try
                {
                    var update = await queue.UpdateMessageAsync(
                        message.MessageId, receipt, visibilityTimeout: Recovery.QueueLease, cancellationToken: CancellationToken.None);
                    receipt = update.Value.PopReceipt;
                }
                catch (Exception e) when (e is RequestFailedException or AggregateException)
                {
                    // storage is away, or the message is: the next renewal or the deletion finds out
                }

                await Task.Delay(Recovery.QueueLease / 2, time, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            return receipt;
        }
    }
}
