using System.Threading.Channels;
using Npgsql;
using Relais.Channels;

namespace Relais.Webhooks;

/// <summary>
/// Batches concurrent webhooks into one transaction. A single webhook is written without delay; under load, up to 200 share a commit. Two
/// readers write batches in parallel, and are idle while no webhook arrives.
/// </summary>
internal sealed partial class WebhookBatchWriter : IAsyncDisposable, IDisposable
{
    private const int MaxBatch = 200;
    private const int MaxWriters = 2;
    private readonly Channel<PendingWrite> channel = Channel.CreateUnbounded<PendingWrite>();
    private readonly EventStore store;
    private readonly ILogger<WebhookBatchWriter> log;
    private readonly Task writers;

    public WebhookBatchWriter(EventStore store, ILogger<WebhookBatchWriter> log)
    {
        this.store = store;
        this.log = log;
        writers = Task.WhenAll(Enumerable.Range(0, MaxWriters).Select(_ => Task.Run(WriteBatchesAsync)));
    }

    /// <summary>Completes when the event is committed.</summary>
    /// <exception cref="EventNotStoredException">The event is not in the database.</exception>
    public async Task<StoreResult> StoreAsync(WebhookEvent received, CancellationToken ct)
    {
        var pending = new PendingWrite(received);
        if (!channel.Writer.TryWrite(pending))
        {
            // The app is stopping and the readers have ended: write the event here.
            await WriteAsync([pending]);
        }

        return await pending.Stored.WaitAsync(ct);
    }

    /// <summary>Waits until every pending webhook is written and answered.</summary>
    public async ValueTask DisposeAsync()
    {
        Dispose();
        await writers;
    }

    public void Dispose() => channel.Writer.TryComplete();

    private async Task WriteBatchesAsync()
    {
        while (await channel.Reader.WaitToReadAsync())
        {
            var batch = new List<PendingWrite>();
            while (batch.Count < MaxBatch && channel.Reader.TryRead(out var pending))
            {
                batch.Add(pending);
            }

            await WriteAsync(batch);
        }
    }

    private async Task WriteAsync(List<PendingWrite> batch)
    {
        if (batch.Count == 0 || await TryWriteAsync(batch) is not { } failure)
        {
            return;
        }

        if (failure is DatabaseUnreachableException)
        {
            // Writing the events one by one would only repeat the wait for a connection.
            FailAll(batch, failure);
        }
        else if (batch.Count == 1 && failure is PostgresException)
        {
            await StoreWithoutEffectAsync(batch[0], failure);
        }
        else
        {
            Log.BatchFailed(log, FailureReason.Describe(failure), batch.Count);
            await WriteOneByOneAsync(batch);
        }
    }

    /// <summary>One bad event must not prevent the other events of its batch from being stored.</summary>
    private async Task WriteOneByOneAsync(List<PendingWrite> batch)
    {
        for (var n = 0; n < batch.Count; n++)
        {
            var failure = await RetryOnceAsync(() => TryWriteAsync([batch[n]]));
            if (failure is DatabaseUnreachableException)
            {
                FailAll(batch.Skip(n), failure);
                return;
            }

            if (failure is not null)
            {
                await StoreWithoutEffectAsync(batch[n], failure);
            }
        }
    }

    /// <summary>
    /// Repeats a write that failed without an answer of PostgreSQL: an earlier failure may have left a broken connection in the pool, which
    /// the write then got.
    /// </summary>
    private static async Task<Exception?> RetryOnceAsync(Func<Task<Exception?>> write)
    {
        var failure = await write();
        return failure is null or PostgresException ? failure : await write();
    }

    private static void FailAll(IEnumerable<PendingWrite> writes, Exception failure)
    {
        foreach (var pending in writes)
        {
            pending.Fail(failure);
        }
    }

    /// <returns>Why the transaction failed; null: it is committed and its callers have their results.</returns>
    private async Task<Exception?> TryWriteAsync(List<PendingWrite> batch)
    {
        try
        {
            var stored = await store.StoreBatchAsync([.. batch.Select(pending => pending.Event)], CancellationToken.None);
            foreach (var pending in batch)
            {
                pending.Complete(stored[pending.Event.Id]);
            }

            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }

    /// <summary>Stores an event whose effect failed. The effect is tried again later by <see cref="ProcessWebhookEvent"/>.</summary>
    private async Task StoreWithoutEffectAsync(PendingWrite pending, Exception failure)
    {
        var reason = FailureReason.Describe(failure);
        var secondFailure = await RetryOnceAsync(() => TryStoreWithoutEffectAsync(pending, reason));
        if (secondFailure is null)
        {
            Log.EventStoredWithoutEffect(log, pending.Event.Id, pending.Event.Kind, pending.Event.TenantId, reason);
            return;
        }

        Log.EventLost(log, pending.Event.Id, pending.Event.Kind, pending.Event.TenantId, reason, FailureReason.Describe(secondFailure));
        pending.Fail(secondFailure);
    }

    private async Task<Exception?> TryStoreWithoutEffectAsync(PendingWrite pending, string reason)
    {
        try
        {
            pending.Complete(await store.StoreUnprocessedAsync(pending.Event, reason, CancellationToken.None));
            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A batch of {Count} webhook events failed with {Reason}: each event is now written on its own")]
        public static partial void BatchFailed(ILogger log, string reason, int count);

        [LoggerMessage(2, LogLevel.Error,
            "Webhook event {EventId} ({Kind}) of tenant {TenantId} failed with {Reason}: " +
            "it is stored without its effect and will be retried")]
        public static partial void EventStoredWithoutEffect(ILogger log, Guid eventId, string kind, Guid tenantId, string reason);

        [LoggerMessage(3, LogLevel.Error,
            "Webhook event {EventId} ({Kind}) of tenant {TenantId} failed with {Reason} and could not be stored either: {SecondReason}")]
        public static partial void EventLost(ILogger log, Guid eventId, string kind, Guid tenantId, string reason, string secondReason);
    }
}

/// <summary>An event that waits to be committed. The webhook call that delivered it awaits <c>Stored</c>.</summary>
internal sealed record PendingWrite(WebhookEvent Event)
{
    private readonly TaskCompletionSource<StoreResult> done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<StoreResult> Stored => done.Task;

    public void Complete(StoreResult stored) => done.TrySetResult(stored);

    public void Fail(Exception failure) => done.TrySetException(new EventNotStoredException(failure));
}

/// <summary>The event is not in the database. The provider has to send it again.</summary>
internal sealed class EventNotStoredException(Exception inner) : Exception("The webhook event is not stored.", inner);
