using Azure;
using Azure.Identity;
using Azure.Storage.Queues;
using Relais.Platform.Queues;

namespace Relais.Health;

/// <summary>The queue service answers and accepts our key or identity; a queue that is not there yet is no fault.</summary>
internal sealed class StorageDependency(StorageOptions options) : IDependency
{
    private readonly Lazy<QueueClient> queue = new(() =>
    {
        var once = new QueueClientOptions();
        once.Retry.MaxRetries = 0;
        return options.Queue(QueueNames.WakeSender, once);
    });

    public string Name => "storage";

    public Task CheckAsync(CancellationToken ct) => queue.Value.ExistsAsync(ct);

    public bool IsUnavailable(Exception failure) => failure is RequestFailedException or AuthenticationFailedException or AggregateException;
}
