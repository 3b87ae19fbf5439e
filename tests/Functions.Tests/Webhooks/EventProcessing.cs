using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Relais.Platform.Database;
using Relais.Platform.Queues;
using Relais.Platform.Secrets;
using Relais.Webhooks;

namespace Functions.Tests.Webhooks;

/// <summary>The processing of stored events without a queue: what is to be woken is found by the sweep.</summary>
internal static class EventProcessing
{
    private static readonly IMeterFactory Meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();

    public static WorkQueues NoQueues { get; } = new(new StorageOptions());

    public static FailedEventMeter Meter { get; } = new(Meters);

    public static QueueEventProcessing Wake(ILoggerFactory log) => new(NoQueues, log.CreateLogger<QueueEventProcessing>());

    public static ProcessWebhookEvent Create(SystemDb db, TimeProvider time, AddressHash hash, ILoggerFactory log) => new(
        db, TestWebhookProvider.Create(), new ProcessInbound(hash, time), NoQueues, Wake(log), hash, time, new Random(1), Meter, log.CreateLogger<ProcessWebhookEvent>());

    public static SweepWebhooks Sweep(SystemDb db, TimeProvider time, ILoggerFactory log) =>
        new(db, Wake(log), time, new Random(1), Meter, log.CreateLogger<SweepWebhooks>());
}
