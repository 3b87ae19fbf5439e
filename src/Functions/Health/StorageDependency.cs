using Azure;
using Azure.Identity;
using Azure.Storage.Queues;
using Relais.Platform.Queues;

namespace Relais.Health;

/// <summary>
/// Checks that the queue service answers and accepts the app's key or identity. A queue that does not exist yet is not an error.
/// </summary>
internal sealed class StorageDependency(StorageOptions options) : IDependency
{
    private readonly Lazy<QueueClient> queue = new(() =>
    {
        var withoutRetries = new QueueClientOptions();
        withoutRetries.Retry.MaxRetries = 0;
        return options.Queue(QueueNames.WakeSender, withoutRetries);
    });

    public string Name => "storage";

    public Task CheckAsync(CancellationToken ct) => queue.Value.ExistsAsync(ct);

    public bool IsUnavailable(Exception failure) =>
        failure is RequestFailedException or AuthenticationFailedException or AggregateException;
}
