namespace Relais.Platform;

/// <summary>Runs work for many tenants, orders or campaigns, and continues with the next item when one fails.</summary>
internal static class ForEachIsolated
{
    public const int PageSize = 200;

    /// <summary>Processes the rows of a table in pages, and reads the next page when all rows of the previous one are done.</summary>
    /// <param name="selectPage">
    /// Selects up to <see cref="PageSize"/> rows after the given one, in the order of their key. For the first page it gets the default of
    /// the type.
    /// </param>
    /// <inheritdoc cref="ForEachAsync"/>
    public static async Task ForEachPageAsync<T>(
        Func<T?, Task<List<T>>> selectPage, int maxParallel, Func<T, CancellationToken, Task> work, Action<T, Exception> failed,
        CancellationToken ct)
    {
        var last = default(T);
        List<T> page;
        do
        {
            page = await selectPage(last);
            await ForEachAsync(page, maxParallel, work, failed, ct);
            last = page.LastOrDefault();
        }
        while (page.Count == PageSize);
    }

    /// <param name="items">The items to process.</param>
    /// <param name="maxParallel">The highest number of items that are processed in parallel.</param>
    /// <param name="work">
    /// Processes one item. A cancellation that <paramref name="ct"/> did not request, such as a timeout inside the work, is a failure of
    /// the item.
    /// </param>
    /// <param name="failed">Logs the failure of an item.</param>
    /// <param name="ct">Cancels the whole loop.</param>
    public static Task ForEachAsync<T>(
        IEnumerable<T> items, int maxParallel, Func<T, CancellationToken, Task> work, Action<T, Exception> failed,
        CancellationToken ct) =>
        Parallel.ForEachAsync(
            items,
            new ParallelOptions { MaxDegreeOfParallelism = maxParallel, CancellationToken = ct },
            async (item, token) =>
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
