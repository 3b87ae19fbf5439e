namespace Microsoft.DurableTask.Runtime;

/// <summary>A signal for one waiter: set any number of times, it lets the waiter through once.</summary>
internal sealed class Latch : IDisposable
{
    private readonly SemaphoreSlim semaphore = new(0, 1);

    public void Set()
    {
        try
        {
            if (semaphore.CurrentCount == 0)
            {
                semaphore.Release();
            }
        }
        catch (SemaphoreFullException)
        {
            // Somebody else set it at the same moment.
        }
    }

    public Task WaitAsync(CancellationToken cancellation) => semaphore.WaitAsync(cancellation);

    /// <returns>False when the time was up first.</returns>
    public async Task<bool> WaitAsync(TimeSpan most, TimeProvider time, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(most, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            await semaphore.WaitAsync(both.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    public void Dispose() => semaphore.Dispose();
}
