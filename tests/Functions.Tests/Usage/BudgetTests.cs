using Relais.Channels;
using Relais.Kit;
using Relais.Platform.Database;
using Relais.Usage;
using Relais.Usage.Budget;

namespace Functions.Tests.Usage;

public sealed class BudgetTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Theory]
    [InlineData(79.99, "ok", 0)]
    [InlineData(80, "near", 1)]
    [InlineData(99.99, "near", 1)]
    [InlineData(100, "over", 2)]
    [InlineData(250, "over", 2)]
    public void The_state_follows_the_spent_share(double spent, string state, int levels)
    {
        var budget = BudgetView.Create(
            100, new BilledUsage("EUR", (decimal)spent, UsageFixture.Start, []), new UsageEstimate("USD", 1, true, []));

        Assert.Equal((state, levels, "actual", "EUR"), (budget!.State, budget.ReachedLevels.Count, budget.Source, budget.Currency));
        Assert.Equal((decimal)spent / 100, budget.Share);
    }

    [Fact]
    public void The_estimate_counts_without_a_bill_and_nothing_without_a_budget()
    {
        var estimate = new UsageEstimate("USD", 9, true, []);

        Assert.Equal(
            ("estimate", 9m, "near"),
            (BudgetView.Create(10, null, estimate)!.Source, BudgetView.Create(10, null, estimate)!.Spent,
                BudgetView.Create(10, null, estimate)!.State));
        Assert.Null(BudgetView.Create(null, null, estimate));
    }

    [Fact]
    public async Task Each_alert_level_is_raised_once_a_month()
    {
        await using var world = await UsageFixture.CreateAsync(postgres);
        await world.BudgetAsync(100);
        foreach (var (spent, levels) in new[] { (50m, 0), (85m, 1), (90m, 1), (120m, 2), (130m, 2) })
        {
            world.SetBilledUsage(UsageFixture.January, ("totalprice", spent));
            await world.RefreshAll.RunAsync(default);
            Assert.Equal(levels, (await world.AlertsAsync()).Count);
        }

        var alerts = (await world.UsageAsync()).Alerts;
        Assert.Equal(
            [("2026-01", 80, 85m, 100m), ("2026-01", 100, 120m, 100m)],
            alerts.Select(alert => (alert.Month, alert.Level, alert.Spent, alert.Budget)));
        Assert.Equal(alerts.Reverse(), (await world.Get<ListBudgetAlerts>().RunAsync(world.Tenant, default)).Alerts);
    }

    [Fact]
    public async Task Both_alerts_are_raised_when_both_levels_are_reached()
    {
        await using var world = await UsageFixture.CreateAsync(postgres);
        await world.BudgetAsync(10);
        world.SetBilledUsage(UsageFixture.January, ("totalprice", 11));

        Assert.Equal([80, 100], (await world.Refresh.RunAsync(world.Tenant, default)).Value.Alerts.Select(alert => alert.Level));
    }

    [Fact]
    public async Task A_changed_budget_deletes_obsolete_alerts_and_raises_new_ones()
    {
        await using var world = await UsageFixture.CreateAsync(postgres);
        world.SetBilledUsage(UsageFixture.January, ("totalprice", 90));
        await world.Refresh.RunAsync(world.Tenant, default);

        await world.BudgetAsync(50);
        Assert.Equal([80, 100], await world.AlertsAsync());
        await world.BudgetAsync(100);
        Assert.Equal([80], await world.AlertsAsync());
        await world.BudgetAsync(1000);
        Assert.Empty(await world.AlertsAsync());
        await world.BudgetAsync(90);
        Assert.Equal([80, 100], await world.AlertsAsync());
        await world.BudgetAsync(null);
        Assert.Empty(await world.AlertsAsync());
        Assert.Null((await world.UsageAsync()).Budget);
    }

    [Fact]
    public async Task Alerts_of_earlier_months_are_kept()
    {
        await using var world = await UsageFixture.CreateAsync(postgres);
        world.SetBilledUsage(UsageFixture.January, ("totalprice", 90));
        await world.Refresh.RunAsync(world.Tenant, default);
        await world.BudgetAsync(100);
        world.Clock.Advance(TimeSpan.FromDays(20));
        world.SetBilledUsage(UsageFixture.January.AddMonths(1), ("totalprice", 85));
        await world.Refresh.RunAsync(world.Tenant, default);
        Assert.Equal([80, 80], await world.AlertsAsync());

        await world.BudgetAsync(500);

        Assert.Equal([80], await world.AlertsAsync());
        Assert.Equal(
            "2026-01", Assert.Single((await world.Get<ListBudgetAlerts>().RunAsync(world.Tenant, default)).Alerts).Month);
    }

    [Fact]
    public async Task The_estimate_is_checked_when_the_provider_is_down()
    {
        await using var world = await UsageFixture.CreateAsync(postgres);
        await world.BudgetAsync(0.05m);
        await world.SentAsync(UsageFixture.Start, 10);
        world.FailUsageReads(new ProviderFailure(ProviderFailureKind.Unknown, "http_503", 503));

        await world.RefreshAll.RunAsync(default);

        Assert.Equal([80, 100], await world.AlertsAsync());
    }

    [Fact]
    public async Task The_estimate_counts_while_billing_is_stale()
    {
        await using var world = await UsageFixture.CreateAsync(postgres);
        await world.BudgetAsync(0.05m);
        await world.Refresh.RunAsync(world.Tenant, default);
        world.FailUsageReads(new ProviderFailure(ProviderFailureKind.Unknown, "http_503", 503));
        await world.SentAsync(UsageFixture.Start, 10);

        await world.RefreshAll.RunAsync(default);

        Assert.Equal([80, 100], await world.AlertsAsync());
        var usage = await world.UsageAsync();
        Assert.Equal((0m, "estimate", 0.083m), (usage.Actual!.Total, usage.Budget!.Source, usage.Budget.Spent));
    }

    [Fact]
    public void Billing_in_another_currency_is_not_compared()
    {
        var budget = BudgetView.Create(100, new BilledUsage("EUR", 1, UsageFixture.Start, []), new UsageEstimate("USD", 99, true, []));

        Assert.Equal((1m, "EUR", "actual"), (budget!.Spent, budget.Currency, budget.Source));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_previous_month_is_checked_in_the_first_days_of_a_month(bool providerAnswers)
    {
        await using var world = await UsageFixture.CreateAsync(postgres);
        await world.BudgetAsync(0.1m);
        world.Clock.Advance(new DateTimeOffset(2026, 2, 1, 8, 0, 0, TimeSpan.Zero) - UsageFixture.Start);
        world.SetBilledUsage(UsageFixture.January, ("totalprice", 9));
        world.SetBilledUsage(UsageFixture.January.AddMonths(1));
        if (!providerAnswers)
        {
            world.FailUsageReads(new ProviderFailure(ProviderFailureKind.Unknown, "http_503", 503));
            await world.SentAsync(new DateTimeOffset(2026, 1, 31, 23, 0, 0, TimeSpan.Zero), 20);
        }

        await world.RefreshAll.RunAsync(default);

        var alerts = (await world.Get<ListBudgetAlerts>().RunAsync(world.Tenant, default)).Alerts;
        Assert.Equal([("2026-01", 100), ("2026-01", 80)], alerts.Select(alert => (alert.Month, alert.Level)));
    }

    [Fact]
    public async Task A_new_budget_raises_no_alert_for_past_months()
    {
        await using var world = await UsageFixture.CreateAsync(postgres);
        world.Clock.Advance(new DateTimeOffset(2026, 2, 1, 8, 0, 0, TimeSpan.Zero) - UsageFixture.Start);
        await world.BudgetAsync(1);
        world.SetBilledUsage(UsageFixture.January, ("totalprice", 9));
        world.SetBilledUsage(UsageFixture.January.AddMonths(1));

        await world.Refresh.RunAsync(world.Tenant, default);

        Assert.Empty(await world.AlertsAsync());
    }

    [Fact]
    public async Task A_change_of_the_budget_waits_for_a_running_check()
    {
        await using var world = await UsageFixture.CreateAsync(postgres);
        await world.BudgetAsync(10);
        var (locked, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var checking = world.Db.RunAsync(world.Tenant, async tx =>
        {
            await tx.LockAsync(AdvisoryLock.Usage, world.Tenant, default);
            var usage = await ReadMonth.ReadAsync(tx, world.Tenant, UsageFixture.January, world.Clock.GetUtcNow(), default);
            locked.SetResult();
            await release.Task;
            await BudgetAlerts.RaiseAsync(
                tx, world.Tenant, UsageFixture.January, usage.Budget! with { Spent = 11 }, world.Clock.GetUtcNow(), default);
        }, default);
        await locked.Task;

        var changing = world.BudgetAsync(1000);
        await Wait.UntilAsync(async () =>
            await world.OneAsync<bool>("select exists (select from pg_locks where locktype = 'advisory' and not granted)"));
        release.SetResult();
        await Task.WhenAll(checking, changing);

        Assert.Empty(await world.AlertsAsync());
    }

    [Fact]
    public async Task Concurrent_checks_raise_one_alert()
    {
        await using var world = await UsageFixture.CreateAsync(postgres);
        await world.BudgetAsync(10);
        world.SetBilledUsage(UsageFixture.January, ("totalprice", 11));

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => world.Refresh.RunAsync(world.Tenant, default)));

        Assert.Equal([80, 100], await world.AlertsAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1.005)]
    [InlineData(1_000_000.01)]
    public async Task An_invalid_budget_is_rejected(double budget)
    {
        await using var world = await UsageFixture.CreateAsync(postgres);

        Assert.Contains("monthlyBudget", (await world.BudgetAsync((decimal)budget)).Failure!.Faults!.Keys);
    }

    [Fact]
    public async Task A_change_of_the_budget_is_audited()
    {
        await using var world = await UsageFixture.CreateAsync(postgres);
        await world.BudgetAsync(20);
        world.Clock.Advance(TimeSpan.FromSeconds(1));

        await world.BudgetAsync(25.5m);

        Assert.Equal(25.5m, (await world.Get<GetBudget>().RunAsync(world.Tenant, default)).MonthlyBudget);
        Assert.Equal(("{\"monthlyBudget\": 20.00}", "{\"monthlyBudget\": 25.5}"), await world.OneAsync<(string, string)>(
            "select before::text, after::text from audit where tenant_id = @Tenant and action = 'budget.change' order by id desc limit 1",
            new { world.Tenant }));
    }

    [Theory]
    [InlineData(4.99, 0, 1, true)]
    [InlineData(5, 0, 1, false)]
    [InlineData(69, 100, 10, true)]
    [InlineData(70, 100, 10, false)]
    [InlineData(-1, 0, 30, true)]
    public void A_balance_is_low_when_it_does_not_last_a_week(double balance, double spent, int day, bool low) =>
        Assert.Equal(low, AccountBalance.IsLow((decimal)balance, (decimal)spent, day));
}
