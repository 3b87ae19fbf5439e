using System.Collections.Concurrent;
using Azure;
using Azure.Storage.Queues;

namespace Relais.Platform.Queues;

/// <summary>Sends ids to the work queues.</summary>
internal sealed class WorkQueues(StorageOptions options)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<QueueClient>>> clients = new();

    /// <param name="delay">Invisible for that long; null or negative: at once.</param>
    public async Task SendAsync(string queue, Guid id, TimeSpan? delay, CancellationToken ct)
    {
        var client = await clients.GetOrAdd(queue, name => new(() => OpenAsync(name))).Value;
        var visibility = delay > TimeSpan.Zero ? TimeSpan.FromSeconds(Math.Ceiling(delay.Value.TotalSeconds)) : (TimeSpan?)null;
        await client.SendMessageAsync(id.ToString(), visibility, timeToLive: null, cancellationToken: ct);
    }

    /// <summary>How many messages the host has put aside because they failed too often.</summary>
    public async Task<long> CountPoisonAsync(string queue, CancellationToken ct)
    {
        try
        {
            return (await CreateClient($"{queue}-poison").GetPropertiesAsync(ct)).Value.ApproximateMessagesCountLong;
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            // the host makes it with the first of them
            return 0;
        }
    }

    private QueueClient CreateClient(string queue) => options.Queue(queue, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });

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
            clients.TryRemove(queue, out _);
            throw;
        }
    }
}
