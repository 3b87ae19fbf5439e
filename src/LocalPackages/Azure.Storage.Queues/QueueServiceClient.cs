using Azure.Storage.Queues.Wire;

namespace Azure.Storage.Queues;

public class QueueServiceClient
{
    private readonly StorageAccount _account;
    private readonly QueueClientOptions _options;

    public QueueServiceClient(string connectionString) : this(connectionString, new QueueClientOptions()) { }

    public QueueServiceClient(string connectionString, QueueClientOptions? options)
    {
        _account = StorageAccount.Parse(connectionString);
        _options = options ?? new QueueClientOptions();
    }

    public virtual Uri Uri => _account.Endpoint;

    public virtual string AccountName => _account.Name;

    public virtual QueueClient GetQueueClient(string queueName) => new(_account, queueName, _options);
}
