using System.Reflection;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Azure.WebJobs.Host;
using Microsoft.Azure.WebJobs.Host.Executors;
using Microsoft.Azure.WebJobs.Host.Queues;
using Microsoft.Extensions.Logging.Abstractions;
using Relais.Kit;

namespace FunctionsHost.Tests;

/// <summary>The lease of a queue message belongs to one delivery of it.</summary>
public sealed class QueueLeaseTests(AzuriteFixture storage) : IClassFixture<AzuriteFixture>
{
    [Fact]
    public async Task A_message_that_came_twice_is_deleted_by_the_delivery_that_ends()
    {
        var queue = new QueueClient(storage.ConnectionString, "twice");
        await queue.CreateIfNotExistsAsync();
        await queue.SendMessageAsync("text");
        QueueMessage first = await queue.ReceiveMessageAsync();
        var second = QueuesModelFactory.QueueMessage(first.MessageId, "of-another-delivery", "text", 2);
        var processor = new QueueLeases(TimeProvider.System).Create(Options(queue));

        await CallAsync(processor, "BeginProcessingMessageAsync", first, CancellationToken.None);
        // a pause of this process that was longer than the lease made the message visible again
        await CallAsync(processor, "BeginProcessingMessageAsync", second, CancellationToken.None);
        await CallAsync(processor, "CompleteProcessingMessageAsync", first, new FunctionResult(true), CancellationToken.None);

        Assert.Equal(0, (await queue.GetPropertiesAsync()).Value.ApproximateMessagesCount);
    }

    [Fact]
    public async Task Messages_that_one_request_returned_are_each_deleted_at_their_own_end()
    {
        var queue = new QueueClient(storage.ConnectionString, "together");
        await queue.CreateIfNotExistsAsync();
        await queue.SendMessageAsync("first");
        await queue.SendMessageAsync("second");
        var messages = (await queue.ReceiveMessagesAsync(2)).Value;
        var processor = new QueueLeases(TimeProvider.System).Create(Options(queue));

        foreach (var message in messages)
        {
            await CallAsync(processor, "BeginProcessingMessageAsync", message, CancellationToken.None);
        }

        foreach (var message in messages)
        {
            await CallAsync(processor, "CompleteProcessingMessageAsync", message, new FunctionResult(true), CancellationToken.None);
        }

        Assert.Equal(2, messages.Length);
        Assert.Equal(0, (await queue.GetPropertiesAsync()).Value.ApproximateMessagesCount);
    }

    /// <summary>Only the SDK creates these.</summary>
    private static QueueProcessorOptions Options(QueueClient queue) => (QueueProcessorOptions)Activator.CreateInstance(
        typeof(QueueProcessorOptions),
        BindingFlags.Instance | BindingFlags.NonPublic,
        null,
        [queue, NullLoggerFactory.Instance, new QueuesOptions(), null],
        null)!;

    /// <summary>The listener of the SDK calls these; they are visible to it and to derived classes.</summary>
    private static Task CallAsync(QueueProcessor processor, string method, params object[] arguments) =>
        (Task)typeof(QueueProcessor).GetMethod(method, BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(processor, arguments)!;
}
