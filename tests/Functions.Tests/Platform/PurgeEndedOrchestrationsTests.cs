using Functions.Tests.Campaigns;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Relais.Kit;
using Relais.Platform.Durable;

namespace Functions.Tests.Platform;

public sealed class PurgeEndedOrchestrationsTests
{
    private readonly FixedClock clock = new();

    [Theory]
    [InlineData("campaign-long", OrchestrationRuntimeStatus.Completed, 30, 1, true)]
    [InlineData("campaign-long", OrchestrationRuntimeStatus.Completed, 30, 6.9, true)]
    [InlineData("campaign-long", OrchestrationRuntimeStatus.Completed, 30, 7.1, false)]
    [InlineData("order-1", OrchestrationRuntimeStatus.Failed, 8, 6, true)]
    [InlineData("order-1", OrchestrationRuntimeStatus.Failed, 8, 7.5, false)]
    [InlineData("retry-1", OrchestrationRuntimeStatus.Terminated, 9, 9, false)]
    [InlineData("retry-1", OrchestrationRuntimeStatus.Completed, 2, 2, true)]
    [InlineData("campaign-open", OrchestrationRuntimeStatus.Running, 40, 20, true)]
    [InlineData("order-open", OrchestrationRuntimeStatus.Suspended, 40, 20, true)]
    [InlineData("order-open", OrchestrationRuntimeStatus.Pending, 40, 40, true)]
    public async Task Review_B11_A_history_is_purged_a_week_after_its_end(
        string instance, OrchestrationRuntimeStatus status, double createdDaysAgo, double endedDaysAgo, bool isKept)
    {
        await using var durable = new FakeDurableClient();
        durable.Set(instance, status, clock.Now.AddDays(-createdDaysAgo), clock.Now.AddDays(-endedDaysAgo));

        await PurgeAsync(durable);

        Assert.Equal(isKept, durable.Instances.Contains(instance));
    }

    [Fact]
    public async Task Only_old_histories_are_purged_on_every_page()
    {
        await using var durable = new FakeDurableClient();
        for (var n = 0; n < 9; n++)
        {
            durable.Set(
                $"retry-{n}", OrchestrationRuntimeStatus.Completed, clock.Now.AddDays(-20), clock.Now.AddDays(n % 3 == 0 ? -1 : -10));
        }

        await PurgeAsync(durable);

        Assert.Equal(["retry-0", "retry-3", "retry-6"], durable.Instances);
    }

    [Fact]
    public async Task A_failed_purge_is_repeated_in_the_next_run()
    {
        await using var durable = new FakeDurableClient();
        durable.Set("retry-1", OrchestrationRuntimeStatus.Completed, clock.Now.AddDays(-20), clock.Now.AddDays(-20));
        durable.IsAway = true;
        await PurgeAsync(durable);
        durable.IsAway = false;
        await PurgeAsync(durable);

        Assert.Empty(durable.Instances);
    }

    private Task PurgeAsync(FakeDurableClient durable) =>
        new PurgeEndedOrchestrations(clock, NullLogger<PurgeEndedOrchestrations>.Instance).RunAsync(null!, durable, default);
}
