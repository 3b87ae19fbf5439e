using System.Collections.Concurrent;
using Azure;
using Azure.Storage.Queues;

namespace Relais.Platform.Queues;

/// <summary>Sends ids to the work queues and counts the messages of their poison queues.</summary>
internal sealed class WorkQueues(StorageOptions options)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<QueueClient>>> clients = new();

    /// <param name="queue">One of <see cref="QueueNames"/>.</param>
    /// <param name="id">The payload.</param>
    /// <param name="delay">How long the message stays invisible, rounded up to seconds. Null or negative: no delay.</param>
    /// <param name="ct">Cancels the call.</param>
    public async Task SendAsync(string queue, Guid id, TimeSpan? delay, CancellationToken ct)
    {
        var client = await clients.GetOrAdd(queue, name => new(() => OpenAsync(name))).Value;
        var visibility = delay > TimeSpan.Zero ? TimeSpan.FromSeconds(Math.Ceiling(delay.Value.TotalSeconds)) : (TimeSpan?)null;
        await client.SendMessageAsync(id.ToString(), visibility, timeToLive: null, cancellationToken: ct);
    }

    /// <returns>The approximate number of messages that the host moved to the poison queue because they failed too often.</returns>
    public async Task<long> CountPoisonAsync(string queue, CancellationToken ct)
    {
        try
        {
            return (await CreateClient($"{queue}-poison").GetPropertiesAsync(ct)).Value.ApproximateMessagesCountLong;
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            // The host creates the poison queue with the first poison message.
            return 0;
        }
    }

    private QueueClient CreateClient(string queue) =>
        options.Queue(queue, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });

    private async Task<QueueClient> OpenAsync(string queue)
    {
        try
        {
            var client = CreateClient(queue);
            await client.CreateIfNotExistsAsync();
            return client;
        }
        catch
        {
            // The cache must not keep a failed task: the next call opens the queue again.
            clients.TryRemove(queue, out _);
            throw;
        }
    }
}
