using System.Diagnostics.Metrics;
using Microsoft.Azure.Functions.Worker;

namespace Relais.Platform.Queues;

/// <summary>
/// Reports every 15 minutes how many messages each poison queue holds, as a metric and as an error log. docs/queues.md says how to handle
/// them.
/// </summary>
internal sealed partial class ReportPoisonMessages(WorkQueues queues, IMeterFactory meters, ILogger<ReportPoisonMessages> log)
{
    private readonly Gauge<long> poisonMessages = meters.Create("Relais").CreateGauge<long>("poison_messages");

    [Function(nameof(ReportPoisonMessages))]
    public async Task RunAsync([TimerTrigger("20 7/15 * * * *")] TimerInfo timer, CancellationToken ct)
    {
        foreach (var queue in QueueNames.All)
        {
            var messages = await queues.CountPoisonAsync(queue, ct);
            poisonMessages.Record(messages, new KeyValuePair<string, object?>("queue", queue));
            if (messages > 0)
            {
                Log.PoisonMessagesFound(log, messages, queue);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error,
            "{Messages} messages of the queue {Queue} failed too often and are in its poison queue; docs/queues.md says what to do")]
        public static partial void PoisonMessagesFound(ILogger log, long messages, string queue);
    }
}
