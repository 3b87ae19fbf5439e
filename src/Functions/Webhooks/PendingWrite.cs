using Relais.Channels;

namespace Relais.Webhooks;

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
