using Relais.Platform.Queues;

namespace Relais.Webhooks;

/// <summary>Asks for a stored event to be processed. The event is safe: a queue that cannot be reached costs a minute, and nothing else.</summary>
internal sealed partial class QueueEventProcessing(WorkQueues queues, ILogger<QueueEventProcessing> log)
{
    /// <param name="delay">Null: at once.</param>
    public async Task RunAsync(Guid eventId, TimeSpan? delay)
    {
        try
        {
            await queues.SendAsync(QueueNames.ProcessWebhook, eventId, delay, CancellationToken.None);
        }
        catch (Exception failure)
        {
            Log.WakeFailed(log, FailureReason.Describe(failure), eventId);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The processor was not woken for webhook event {EventId} ({Reason}): the sweep will take it")]
        public static partial void WakeFailed(ILogger log, string reason, Guid eventId);
    }
}
