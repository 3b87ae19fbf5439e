using System.Diagnostics.Metrics;
using Azure.Storage.Queues;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Relais.Kit;
using Relais.Kit.Leaks;
using Relais.Platform.Queues;

namespace Functions.Tests.Platform;

public sealed class PoisonMessageTests(AzuriteFixture storage) : IClassFixture<AzuriteFixture>
{
    [Fact]
    public async Task Poison_messages_are_counted_by_queue_and_logged()
    {
        var account = storage.CreateAccount();
        var queue = new QueueClient(account, $"{QueueNames.WakeSender}-poison");
        await queue.CreateAsync();
        await queue.SendMessageAsync("one");
        await queue.SendMessageAsync("two");
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var log = new CollectedLog();
        var counted = new Dictionary<string, long>();
        using var listener = Listen(counted);

        var report = new ReportPoisonMessages(
            new WorkQueues(new StorageOptions { AzureWebJobsStorage = account }), services.GetRequiredService<IMeterFactory>(),
            log.For<ReportPoisonMessages>());
        await report.RunAsync(new TimerInfo(), default);

        Assert.Equal(QueueNames.All.ToDictionary(name => name, name => name == QueueNames.WakeSender ? 2L : 0L), counted);
        Assert.Contains("2 messages of the queue wake-sender failed too often", Assert.Single(log.Entries), StringComparison.Ordinal);
    }

    private static MeterListener Listen(Dictionary<string, long> counted)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "poison_messages")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => counted[(string)tags[0].Value!] = value);
        listener.Start();
        return listener;
    }
}
