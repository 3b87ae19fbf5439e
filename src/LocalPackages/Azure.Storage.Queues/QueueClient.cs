using System.Globalization;
using Azure.Storage.Queues.Models;
using Azure.Storage.Queues.Wire;

namespace Azure.Storage.Queues;

public partial class QueueClient
{
    private readonly Pipeline _pipeline;
    private readonly QueueMessageEncoding _encoding;

    public QueueClient(string connectionString, string queueName) : this(connectionString, queueName, new QueueClientOptions()) { }

    public QueueClient(string connectionString, string queueName, QueueClientOptions? options)
        : this(StorageAccount.Parse(connectionString), queueName, options ?? new QueueClientOptions()) { }

    internal QueueClient(StorageAccount account, string queueName, QueueClientOptions options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(queueName);
        _pipeline = new Pipeline(account, options);
        _encoding = options.MessageEncoding;
        Name = queueName;
        AccountName = account.Name;
        Uri = new Uri($"{account.Endpoint.AbsoluteUri.TrimEnd('/')}/{queueName}");
    }

    public virtual Uri Uri { get; }

    public virtual string AccountName { get; }

    public virtual string Name { get; }

    public virtual int MaxPeekableMessages => 32;

    public virtual int MessageMaxBytes => 65536;

    protected virtual Uri MessagesUri => new(Uri.AbsoluteUri + "/messages");

    /// <summary>Creates the queue; a queue of that name and metadata is no error.</summary>
    public virtual async Task<Response> CreateAsync(IDictionary<string, string>? metadata = default, CancellationToken cancellationToken = default) =>
        (await PutAsync(metadata, cancellationToken).ConfigureAwait(false)).Expect(201, 204);

    /// <returns>null when the queue was there already.</returns>
    public virtual async Task<Response?> CreateIfNotExistsAsync(IDictionary<string, string>? metadata = default, CancellationToken cancellationToken = default)
    {
        var response = await PutAsync(metadata, cancellationToken).ConfigureAwait(false);
        var exists = response.Status == 204 || response.Header("x-ms-error-code") == "QueueAlreadyExists";
        return exists ? null : response.Expect(201);
    }

    public virtual async Task<Response<bool>> ExistsAsync(CancellationToken cancellationToken = default)
    {
        var response = await _pipeline.SendAsync(Metadata(HttpMethod.Get), cancellationToken).ConfigureAwait(false);
        return Response.FromValue(!IsMissing(response) && response.Expect(200).Status == 200, response);
    }

    public virtual async Task<Response> DeleteAsync(CancellationToken cancellationToken = default) =>
        (await _pipeline.SendAsync(new(HttpMethod.Delete, Name), cancellationToken).ConfigureAwait(false)).Expect(204);

    public virtual async Task<Response<bool>> DeleteIfExistsAsync(CancellationToken cancellationToken = default)
    {
        var response = await _pipeline.SendAsync(new(HttpMethod.Delete, Name), cancellationToken).ConfigureAwait(false);
        return Response.FromValue(!IsMissing(response) && response.Expect(204).Status == 204, response);
    }

    public virtual async Task<Response<QueueProperties>> GetPropertiesAsync(CancellationToken cancellationToken = default)
    {
        var response = (await _pipeline.SendAsync(Metadata(HttpMethod.Get), cancellationToken).ConfigureAwait(false)).Expect(200);
        const string prefix = "x-ms-meta-";
        var metadata = response.Headers.Where(h => h.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
        return Response.FromValue(new QueueProperties
        {
            ApproximateMessagesCountLong = long.Parse(response.Header("x-ms-approximate-messages-count") ?? "0", CultureInfo.InvariantCulture),
            Metadata = metadata.ToDictionary(h => h.Key[prefix.Length..], h => h.Value, StringComparer.OrdinalIgnoreCase),
        }, response);
    }

    public virtual async Task<Response> SetMetadataAsync(IDictionary<string, string> metadata, CancellationToken cancellationToken = default) =>
        (await _pipeline.SendAsync(Metadata(HttpMethod.Put) with { Metadata = metadata }, cancellationToken).ConfigureAwait(false)).Expect(204);

    private Task<ServiceResponse> PutAsync(IDictionary<string, string>? metadata, CancellationToken ct) =>
        _pipeline.SendAsync(new(HttpMethod.Put, Name) { Metadata = metadata }, ct);

    private QueueRequest Metadata(HttpMethod method) => new(method, Name, ("comp", "metadata"));

    private static bool IsMissing(ServiceResponse response) =>
        response.Status == 404 && (response.Header("x-ms-error-code") ?? "QueueNotFound") == "QueueNotFound";
}
