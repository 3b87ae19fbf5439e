namespace Relais.Sending;

/// <summary>
/// Works on groups so that one failing item does not stop the others. The only place of this module that catches exceptions of any type.
/// </summary>
internal static class BisectFailures
{
    /// <summary>Works on the whole group. If that fails, works on its halves, until each failing item is alone.</summary>
    /// <param name="action">Must be atomic: a failed call has changed nothing. It is called again with parts of the group.</param>
    /// <param name="onFailure">Called for each item that failed alone.</param>
    /// <param name="ct">Once this is cancelled, exceptions are not caught any more.</param>
    public static async Task RunGroupAsync<T>(
        IReadOnlyList<T> group, Func<IReadOnlyList<T>, Task> action, Func<T, Exception, Task> onFailure, CancellationToken ct)
    {
        if (group.Count == 0 || await TryAsync(() => action(group), ct) is not { } failure)
        {
            return;
        }

        if (group.Count == 1)
        {
            await onFailure(group[0], failure);
            return;
        }

        var half = group.Count / 2;
        await RunGroupAsync([.. group.Take(half)], action, onFailure, ct);
        await RunGroupAsync([.. group.Skip(half)], action, onFailure, ct);
    }

    /// <returns>Null on success, otherwise the exception.</returns>
    public static async Task<Exception?> TryAsync(Func<Task> action, CancellationToken ct)
    {
        try
        {
            await action();
            return null;
        }
        catch (Exception failure) when (!ct.IsCancellationRequested)
        {
            return failure;
        }
    }
}
