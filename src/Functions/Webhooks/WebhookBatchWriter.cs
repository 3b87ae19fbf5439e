using System.Threading.Channels;
using Npgsql;
using Relais.Channels;

namespace Relais.Webhooks;

/// <summary>
/// Batches concurrent webhooks into one transaction. A single webhook is written at once; under load several share a commit. The two readers
/// wait without work while no webhook arrives.
/// </summary>
internal sealed partial class WebhookBatchWriter : IAsyncDisposable, IDisposable
{
    private const int MaxBatch = 200;
    private const int Readers = 2;
    private readonly Channel<PendingWrite> channel = Channel.CreateUnbounded<PendingWrite>();
    private readonly EventStore store;
    private readonly ILogger<WebhookBatchWriter> log;
    private readonly Task readers;

    public WebhookBatchWriter(EventStore store, ILogger<WebhookBatchWriter> log)
    {
        this.store = store;
        this.log = log;
        readers = Task.WhenAll(Enumerable.Range(0, Readers).Select(_ => Task.Run(ReadAsync)));
    }

    /// <exception cref="EventNotStoredException">Nothing of the event is in the database.</exception>
    public async Task<StoredEvent> StoreAsync(WebhookEvent received, CancellationToken ct)
    {
        var pending = new PendingWrite(received);
        if (!channel.Writer.TryWrite(pending))
        {
            // the app is stopping and the readers have ended
            await WriteAsync([pending]);
        }

        return await pending.Stored.WaitAsync(ct);
    }

    /// <summary>Answers every webhook that waits. Runs after the functions have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        Dispose();
        await readers;
    }

    public void Dispose() => channel.Writer.TryComplete();

    private async Task ReadAsync()
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
            // a connection that cannot be opened for all of them cannot be opened for each of them either
            foreach (var pending in batch)
            {
                pending.Fail(failure);
            }
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

    /// <summary>The events of a batch have nothing to do with each other: whatever one of them fails with, the others are stored.</summary>
    private async Task WriteOneByOneAsync(List<PendingWrite> batch)
    {
        for (var n = 0; n < batch.Count; n++)
        {
            // an event that failed before may have left a broken connection in the pool, which the next event then gets
            var failure = await TryWriteAsync([batch[n]]);
            failure = failure is null or PostgresException ? failure : await TryWriteAsync([batch[n]]);
            if (failure is DatabaseUnreachableException)
            {
                foreach (var pending in batch.Skip(n))
                {
                    pending.Fail(failure);
                }

                return;
            }

            if (failure is not null)
            {
                await StoreWithoutEffectAsync(batch[n], failure);
            }
        }
    }

    /// <returns>Why the transaction failed; null: it is committed and its callers are answered.</returns>
    private async Task<Exception?> TryWriteAsync(List<PendingWrite> batch)
    {
        try
        {
            var stored = await store.RunAsync([.. batch.Select(pending => pending.Event)], CancellationToken.None);
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

    /// <summary>The effect of the event failed. The event is stored without it, and the effect is tried again later.</summary>
    private async Task StoreWithoutEffectAsync(PendingWrite pending, Exception failure)
    {
        var reason = FailureReason.Describe(failure);
        var second = await TryStoreWithoutEffectAsync(pending, reason);
        second = second is null or PostgresException ? second : await TryStoreWithoutEffectAsync(pending, reason);
        if (second is null)
        {
            Log.EventStoredWithoutEffect(log, pending.Event.Id, pending.Event.Kind, pending.Event.TenantId, reason);
            return;
        }

        Log.EventLost(log, pending.Event.Id, pending.Event.Kind, pending.Event.TenantId, reason, FailureReason.Describe(second));
        pending.Fail(second);
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
        [LoggerMessage(1, LogLevel.Warning, "A batch of {Count} webhook events failed with {Reason}: each is now written by itself")]
        public static partial void BatchFailed(ILogger log, string reason, int count);

        [LoggerMessage(2, LogLevel.Error, "The effect of webhook event {EventId} ({Kind}) of tenant {TenantId} failed with {Reason}: the event is stored and will be tried again")]
        public static partial void EventStoredWithoutEffect(ILogger log, Guid eventId, string kind, Guid tenantId, string reason);

        [LoggerMessage(3, LogLevel.Error, "Webhook event {EventId} ({Kind}) of tenant {TenantId} failed with {Reason} and could not be stored either: {SecondReason}")]
        public static partial void EventLost(ILogger log, Guid eventId, string kind, Guid tenantId, string reason, string secondReason);
    }
}
