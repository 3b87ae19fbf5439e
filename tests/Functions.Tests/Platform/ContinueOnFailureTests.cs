using System.Collections.Concurrent;
using Relais.Platform;

namespace Functions.Tests.Platform;

public sealed class ContinueOnFailureTests
{
    private static readonly int[] Items = [1, 2, 3, 4, 5, 6];

    public static TheoryData<Exception> Failures =>
        [
            new TaskCanceledException(), new OperationCanceledException(new CancellationToken(canceled: true)), new TimeoutException(),
            new InvalidOperationException(),
        ];

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Review_B09_One_failure_is_logged_and_the_others_continue(Exception failure)
    {
        var (done, failed) = (new ConcurrentBag<int>(), new ConcurrentBag<(int, Exception)>());

        await ForEachIsolated.ForEachAsync(Items, 2, Work, (item, e) => failed.Add((item, e)), default);

        Assert.Equal(Items.Except([2]), done.Order());
        Assert.Equal((2, failure), Assert.Single(failed));

        Task Work(int item, CancellationToken ct)
        {
            if (item == 2)
            {
                throw failure;
            }

            done.Add(item);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Review_B09_A_requested_cancellation_ends_the_job()
    {
        using var stop = new CancellationTokenSource();
        var failed = new ConcurrentBag<int>();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ForEachIsolated.ForEachAsync(
            Items,
            1,
            async (_, ct) =>
            {
                await stop.CancelAsync();
                ct.ThrowIfCancellationRequested();
            },
            (item, _) => failed.Add(item),
            stop.Token));

        Assert.Empty(failed);
    }
}
