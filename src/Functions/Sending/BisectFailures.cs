namespace Relais.Sending;

/// <summary>Keeps the failure of one member away from the others. The one place of this module where an exception of any kind ends.</summary>
internal static class BisectFailures
{
    /// <summary>Works on a group; one that fails is halved until the faulty member is alone.</summary>
    /// <param name="action">All or nothing: a call that failed has changed nothing. Called again with parts of the group.</param>
    /// <param name="onFailure">Gets each member whose work failed even alone.</param>
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

    /// <returns>Null when the work is done; otherwise the reason why it is not.</returns>
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
