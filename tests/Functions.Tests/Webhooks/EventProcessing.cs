using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Relais.Platform.Database;
using Relais.Platform.Queues;
using Relais.Platform.Secrets;
using Relais.Webhooks;

namespace Functions.Tests.Webhooks;

/// <summary>Creates the operations that process stored events. They have no queue, so that pending events are found by the sweep.</summary>
internal static class EventProcessing
{
    private static readonly IMeterFactory Meters =
        new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();

    public static WorkQueues NoQueues { get; } = new(new StorageOptions());

    public static FailedEventMeter Meter { get; } = new(Meters);

    public static QueueEventProcessing CreateQueue(ILoggerFactory log) => new(NoQueues, log.CreateLogger<QueueEventProcessing>());

    public static ProcessWebhookEvent Create(SystemDb db, TimeProvider time, AddressHash hash, ILoggerFactory log) => new(
        db, TestWebhookProvider.Create(), new ProcessInbound(hash, time), NoQueues, CreateQueue(log), hash, time, new Random(1), Meter,
        log.CreateLogger<ProcessWebhookEvent>());

    public static SweepWebhooks Sweep(SystemDb db, TimeProvider time, ILoggerFactory log) =>
        new(db, CreateQueue(log), time, new Random(1), Meter, log.CreateLogger<SweepWebhooks>());
}
