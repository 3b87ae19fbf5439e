using Azure;
using Azure.Storage.Queues;
using Npgsql;
using Relais.Platform.Database;
using Relais.Platform.Queues;

namespace Relais.Health;

/// <summary>Something without which the app cannot work, and the cheapest question to it.</summary>
internal interface IDependency
{
    string Name { get; }

    Task AskAsync(CancellationToken ct);

    /// <summary>Whether the exception means that the dependency cannot be used, and not that the question is wrong.</summary>
    bool IsAway(Exception failure);
}

/// <summary>Both roles get a connection and an answer.</summary>
internal sealed class DatabaseDependency(
    [FromKeyedServices(DataSources.App)] NpgsqlDataSource app, [FromKeyedServices(DataSources.System)] NpgsqlDataSource system) : IDependency
{
    public string Name => "database";

    public Task AskAsync(CancellationToken ct) => Task.WhenAll(AskAsync(app, ct), AskAsync(system, ct));

    public bool IsAway(Exception failure) => failure is NpgsqlException;

    private static async Task AskAsync(NpgsqlDataSource source, CancellationToken ct)
    {
        await using var command = source.CreateCommand("select 1");
        await command.ExecuteScalarAsync(ct);
    }
}

/// <summary>The queue service answers and takes our key; a queue that is not there yet is no fault.</summary>
internal sealed class StorageDependency(StorageOptions options) : IDependency
{
    private readonly Lazy<QueueClient> queue = new(() =>
    {
        var once = new QueueClientOptions();
        once.Retry.MaxRetries = 0;
        return new QueueClient(options.ConnectionString(), QueueNames.WakeSender, once);
    });

    public string Name => "storage";

    public Task AskAsync(CancellationToken ct) => queue.Value.ExistsAsync(ct);

    public bool IsAway(Exception failure) => failure is RequestFailedException or AggregateException;
}
