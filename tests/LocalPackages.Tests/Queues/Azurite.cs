using Azure.Storage.Queues;

namespace LocalPackages.Tests.Queues;

internal static class Azurite
{
    public static string ConnectionString => Environment.GetEnvironmentVariable("AzureWebJobsStorage") is { Length: > 0 } given ? given : "UseDevelopmentStorage=true";

    public static QueueClient Queue(QueueClientOptions? options = null) =>
        new(ConnectionString, $"clients-{Guid.NewGuid():n}", options ?? new QueueClientOptions { Retry = { MaxRetries = 0 } });

    public static async Task InQueue(Func<QueueClient, Task> test, QueueClientOptions? options = null)
    {
        var queue = Queue(options);
        await queue.CreateAsync();
        try
        {
            await test(queue);
        }
        finally
        {
            await queue.DeleteIfExistsAsync();
        }
    }
}
