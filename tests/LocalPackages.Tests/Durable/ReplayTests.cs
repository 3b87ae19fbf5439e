using Microsoft.DurableTask;
using Microsoft.DurableTask.Engine;
using Microsoft.Extensions.Logging.Abstractions;

namespace LocalPackages.Tests.Durable;

/// <summary>The replay alone, without store and host.</summary>
public sealed class ReplayTests
{
    private static readonly DateTime Begin = new(2026, 1, 5, 9, 0, 0, DateTimeKind.Utc);
    private static readonly HistoryEvent Started = new(EventKind.Started, Begin);

    [Fact]
    public void The_first_execution_decides_and_waits()
    {
        var result = Run([], [Started], async context => await context.CallActivityAsync<int>("A", 1));

        Assert.Equal(RunEnd.None, result.End);
        Assert.Equal(new ActivityDecision(0, "A", "1"), Assert.Single(result.Decisions));
    }

    [Fact]
    public void ConfigureAwait_false_stays_in_the_replay()
    {
        var result = Run(
            [Started, Scheduled(0, "A")],
            [Completed(0, "1")],
            async context => await context.CallActivityAsync<int>("A").ConfigureAwait(false) + 1);

        Assert.Equal((RunEnd.Completed, "2"), (result.End, result.Output));
    }

    [Fact]
    public void Yielding_is_harmless()
    {
        var result = Run([], [Started], async context =>
        {
            await Task.Yield();
            return context.InstanceId;
        });

        Assert.Equal("\"i\"", result.Output);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Waiting_for_anything_else_is_a_fault(bool afterATask)
    {
        var result = Run([Started, Scheduled(0, "A")], [Completed(0, "1")], async context =>
        {
            if (!afterATask)
            {
                await Task.Delay(50);
            }

            await context.CallActivityAsync<int>("A");
            await Task.Delay(50);
            return 1;
        });

        Assert.Equal(RunEnd.Failed, result.End);
        Assert.Empty(result.Decisions);
    }

    [Fact]
    public async Task A_context_is_of_no_use_to_another_thread()
    {
        Task<Exception>? attempt = null;
        Run([], [Started], async context =>
        {
            attempt = Task.Run(() => Record.Exception(() => { _ = context.CallActivityAsync("A"); }));
            return await context.WaitForExternalEvent<int>("never");
        });

        Assert.IsType<InvalidOperationException>(await attempt!);
    }

    [Theory]
    [InlineData("B")]
    [InlineData("timer")]
    [InlineData("child")]
    [InlineData("nothing")]
    [InlineData("more")]
    public void Another_decision_than_before_is_a_fault_and_changes_nothing(string now)
    {
        var result = Run([Started, Scheduled(0, "A")], [Completed(0, "1")], async context =>
        {
            await (now switch
            {
                "B" => context.CallActivityAsync("B"),
                "timer" => context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None),
                "child" => context.CallSubOrchestratorAsync("A"),
                "nothing" => context.WaitForExternalEvent<int>("e"),
                _ => Task.WhenAll(context.CallActivityAsync("A"), context.CallActivityAsync("A")),
            });
            return 1;
        });

        Assert.Equal(RunEnd.Failed, result.End);
        Assert.StartsWith("DurableTask.Core.Exceptions.NonDeterministicOrchestrationException: ", result.Output, StringComparison.Ordinal);
        Assert.Empty(result.Decisions);
    }

    [Fact]
    public void What_is_open_is_waited_for_after_the_return()
    {
        static async Task<int> Code(TaskOrchestrationContext context)
        {
            _ = context.CallActivityAsync("A");
            await context.WaitForExternalEvent<int>("go");
            return 7;
        }

        var go = new HistoryEvent(EventKind.EventRaised, Begin, -1, "GO", "1");
        var before = Run([Started, Scheduled(0, "A")], [go], Code);
        var after = Run([Started, Scheduled(0, "A"), go], [Completed(0, null)], Code);

        Assert.Equal(RunEnd.None, before.End);
        Assert.Equal((RunEnd.Completed, "7"), (after.End, after.Output));
    }

    [Fact]
    public void Events_that_nobody_took_are_carried_in_their_order()
    {
        var events = Enumerable.Range(0, 100).Select(i => new HistoryEvent(EventKind.EventRaised, Begin, -1, i % 2 == 0 ? "even" : "odd", $"{i}"));

        var result = Run([], [Started, .. events], async context =>
        {
            await context.WaitForExternalEvent<int>("odd");
            context.ContinueAsNew("next");
            return 0;
        });

        Assert.Equal((RunEnd.ContinuedAsNew, "\"next\""), (result.End, result.Output));
        Assert.Equal(Enumerable.Range(0, 100).Where(i => i != 1).Select(i => $"{i}"), result.CarriedEvents.Select(e => e.Payload));
    }

    [Fact]
    public void A_cancelled_wait_takes_no_event_away()
    {
        var result = Run([], [Started, new(EventKind.EventRaised, Begin, -1, "e", "1")], async context =>
        {
            using var source = new CancellationTokenSource();
            var kept = context.WaitForExternalEvent<int>("e");
            _ = context.WaitForExternalEvent<int>("e", source.Token);
            source.Cancel();
            return await kept;
        });

        Assert.Equal("1", result.Output);
    }

    [Fact]
    public void Retry_delays_grow_up_to_the_limit()
    {
        var policy = new RetryPolicy(10, TimeSpan.FromSeconds(1), 2, TimeSpan.FromSeconds(5));

        Assert.Equal([1, 2, 4, 5, 5], Enumerable.Range(1, 5).Select(n => Retries.Delay(policy, n).TotalSeconds));
        Assert.Equal(TimeSpan.FromSeconds(5), Retries.Delay(policy, 5000));
    }

    private static HistoryEvent Scheduled(int id, string name) => new(EventKind.ActivityScheduled, Begin, id, name);

    private static HistoryEvent Completed(int id, string? result) => new(EventKind.ActivityCompleted, Begin.AddSeconds(1), id, null, result);

    private static RunResult Run<T>(HistoryEvent[] past, HistoryEvent[] fresh, Func<TaskOrchestrationContext, Task<T>> code) => Replay.Execute(
        new RunHeader("i", "Test", "", null, null), past, fresh, async context => await code(context), NullLoggerFactory.Instance);
}
