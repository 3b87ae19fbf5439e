using Relais.Platform.Queues;

namespace Relais.Webhooks;

/// <summary>
/// Puts the id of a stored event on the processing queue. A failure of the queue is only logged: the event is stored, and the sweep
/// processes it a minute later.
/// </summary>
internal sealed partial class QueueEventProcessing(WorkQueues queues, ILogger<QueueEventProcessing> log)
{
    /// <param name="delay">How long the queue holds the event back; null: no delay.</param>
    public async Task RunAsync(Guid eventId, TimeSpan? delay)
    {
        try
        {
            await queues.SendAsync(QueueNames.ProcessWebhook, eventId, delay, CancellationToken.None);
        }
        catch (Exception failure)
        {
            Log.QueueFailed(log, FailureReason.Describe(failure), eventId);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Webhook event {EventId} could not be queued ({Reason}): the sweep will process it")]
        public static partial void QueueFailed(ILogger log, string reason, Guid eventId);
    }
}
