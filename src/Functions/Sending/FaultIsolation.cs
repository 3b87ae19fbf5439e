namespace Relais.Sending;

/// <summary>Keeps the failure of one member away from the others. The one place of this module where an exception of any kind ends.</summary>
internal static class FaultIsolation
{
    /// <summary>Works on a group; one that fails is halved until the faulty member is alone.</summary>
    /// <param name="work">All or nothing: a call that failed has changed nothing. Called again with parts of the group.</param>
    /// <param name="failed">Gets each member whose work failed even alone.</param>
    public static async Task RunGroupAsync<T>(
        IReadOnlyList<T> group, Func<IReadOnlyList<T>, Task> work, Func<T, Exception, Task> failed, CancellationToken ct)
    {
        if (group.Count == 0 || await TryAsync(() => work(group), ct) is not { } failure)
        {
            return;
        }

        if (group.Count == 1)
        {
            await failed(group[0], failure);
            return;
        }

        var half = group.Count / 2;
        await RunGroupAsync([.. group.Take(half)], work, failed, ct);
        await RunGroupAsync([.. group.Skip(half)], work, failed, ct);
    }

    /// <returns>Null when the work is done; otherwise the reason why it is not.</returns>
    public static async Task<Exception?> TryAsync(Func<Task> work, CancellationToken ct)
    {
        try
        {
            await work();
            return null;
        }
        catch (Exception failure) when (!ct.IsCancellationRequested)
        {
            return failure;
        }
    }
}
