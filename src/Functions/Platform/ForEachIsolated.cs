namespace Relais.Platform;

/// <summary>A job over many tenants, orders or campaigns: a failure with one is told, and the others go on.</summary>
internal static class ForEachIsolated
{
    /// <param name="items">What the work is done for.</param>
    /// <param name="maxParallel">How many side by side.</param>
    /// <param name="work">A cancellation that is not asked for by <paramref name="ct"/>, such as a time limit within the work, is a failure like any other.</param>
    /// <param name="failed">Logs the failure.</param>
    /// <param name="ct">Ends the whole job.</param>
    public static Task ForEachAsync<T>(
        IEnumerable<T> items, int maxParallel, Func<T, CancellationToken, Task> work, Action<T, Exception> failed, CancellationToken ct) =>
        Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = maxParallel, CancellationToken = ct }, async (item, token) =>
        {
            try
            {
                await work(item, token);
            }
            catch (Exception failure) when (failure is not OperationCanceledException || !ct.IsCancellationRequested)
            {
                failed(item, failure);
            }
        });
}
