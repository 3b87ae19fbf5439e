using System.Diagnostics.Metrics;
using Microsoft.Azure.Functions.Worker;

namespace Relais.Platform.Queues;

/// <summary>Every quarter of an hour: says how many messages failed too often, by queue. What to do with them stands in docs/queues.md.</summary>
internal sealed partial class ReportPoisonMessages(WorkQueues queues, IMeterFactory meters, ILogger<ReportPoisonMessages> log)
{
    private readonly Gauge<long> poison = meters.Create("Relais").CreateGauge<long>("poison_messages");

    [Function(nameof(ReportPoisonMessages))]
    public async Task RunAsync([TimerTrigger("20 7/15 * * * *")] TimerInfo timer, CancellationToken ct)
    {
        foreach (var queue in QueueNames.All)
        {
            var messages = await queues.CountPoisonAsync(queue, ct);
            poison.Record(messages, new KeyValuePair<string, object?>("queue", queue));
            if (messages > 0)
            {
                Log.Found(log, messages, queue);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Messages} messages of the queue {Queue} failed too often and lie in its poison queue")]
        public static partial void Found(ILogger log, long messages, string queue);
    }
}
