using NSubstitute;
using Relais.Channels;
using Relais.Kit;
using Relais.Platform.Database;
using Relais.Usage;

namespace Functions.Tests.Usage;

public sealed class UsageTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_month_counts_sent_and_received_by_channel()
    {
        await using var world = await UsageFixture.CreateAsync(postgres);
        await world.SentAsync(UsageFixture.Start.AddDays(-5), 3, units: 2);
        await world.SentAsync(UsageFixture.Start.AddMinutes(-5), 2);
        await world.SentAsync(UsageFixture.Start, 4, channel: "whatsapp");
        await world.SentAsync(UsageFixture.Start, 1, media: true);
        await world.ReceivedAsync(UsageFixture.Start.AddDays(-1), 5, units: 3);

        var usage = await world.UsageAsync();

        Assert.Equal("2026-01", usage.Month);
        Assert.Equal(new ChannelUsage(5, 5, 8, 15), usage.Sms);
        Assert.Equal(new ChannelUsage(1, 0, 1, 0), usage.Mms);
        Assert.Equal(new ChannelUsage(4, 0, 4, 0), usage.WhatsApp);
    }

    [Fact]
    public async Task Months_end_at_midnight_GMT_and_unsent_messages_do_not_count()
    {
        await using var world = await UsageFixture.CreateAsync(postgres);
        await world.SentAsync(new DateTimeOffset(2025, 12, 31, 23, 59, 59, TimeSpan.Zero), 1);
        await world.SentAsync(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), 2);
        await world.SentAsync(new DateTimeOffset(2026, 1, 1, 0, 30, 0, TimeSpan.FromHours(1)), 4);
        await world.SentAsync(UsageFixture.Start, 8);
        await world.ExecuteAsync(
            """
            update messages set sent_at = null, status = 'failed', ended_at = created_at where tenant_id = @Tenant and created_at = @Start
            """,
            new { world.Tenant, Start = UsageFixture.Start.UtcDateTime });

        Assert.Equal((5, 2), ((await world.UsageAsync("2025-12")).Sms.Sent, (await world.UsageAsync("2026-01")).Sms.Sent));
    }

    [Fact]
    public async Task Usage_is_the_same_before_and_after_the_daily_count()
    {
        await using var world = await UsageFixture.CreateAsync(postgres);
        foreach (var days in new[] { 0, 1, 2, 3, 10, 19, 40 })
        {
            await world.SentAsync(UsageFixture.Start.AddDays(-days), days + 1, units: 2);
            await world.ReceivedAsync(UsageFixture.Start.AddDays(-days), 1);
        }

        var before = (await world.UsageAsync(), await world.UsageAsync("2025-12"));
        var counted = await world.RollUp.RunAsync(world.Tenant, default);
        var after = (await world.UsageAsync(), await world.UsageAsync("2025-12"));

        Assert.Equal(40, counted);
        Assert.Equal(
            ((before.Item1.Sms, before.Item2.Sms), before.Item1.Estimate.Total),
            ((after.Item1.Sms, after.Item2.Sms), after.Item1.Estimate.Total));
        Assert.Equal(before.Item1.Estimate.Lines, after.Item1.Estimate.Lines);
        Assert.Equal(0, await world.RollUp.RunAsync(world.Tenant, default));
    }

    [Fact]
    public async Task A_message_reported_a_day_late_is_in_the_final_count()
    {
        await using var world = await UsageFixture.CreateAsync(postgres);
        var yesterday = UsageFixture.Start.AddDays(-1);
        await world.SentAsync(yesterday, 1);
        await world.RollUp.RunAsync(world.Tenant, default);
        await world.SentAsync(yesterday, 2);
        world.Clock.Advance(TimeSpan.FromDays(1));
        await world.RollUp.RunAsync(world.Tenant, default);
        Assert.Equal(1, (await world.UsageAsync()).Sms.Sent);

        world.Clock.Advance(TimeSpan.FromDays(1));
        await world.RollUp.RunAsync(world.Tenant, default);

        Assert.Equal(3, (await world.UsageAsync()).Sms.Sent);
    }

    [Fact]
    public async Task A_counted_day_keeps_its_count_without_its_messages()
    {
        await using var world = await UsageFixture.CreateAsync(postgres);
        await world.SentAsync(UsageFixture.Start.AddDays(-12), 7);
        await world.RollUp.RunAsync(world.Tenant, default);
        await world.ExecuteAsync("delete from messages where tenant_id = @Tenant", new { world.Tenant });

        Assert.Equal(7, (await world.UsageAsync()).Sms.Sent);
    }

    [Fact]
    public async Task A_stored_day_keeps_its_count_after_retention()
    {
        await using var world = await UsageFixture.CreateAsync(postgres);
        await world.SentAsync(UsageFixture.Start.AddDays(-1), 7);
        await world.RollUp.RunAsync(world.Tenant, default);
        await world.ExecuteAsync(
            "delete from messages where tenant_id = @Tenant and contact_address > '+14185550003'", new { world.Tenant });
        world.Clock.Advance(TimeSpan.FromDays(9));

        await world.RollUp.RunAsync(world.Tenant, default);

        Assert.Equal(7, (await world.UsageAsync()).Sms.Sent);
    }

    [Theory]
    [InlineData(null, null, 12, 12, null, false)]
    [InlineData(null, null, 11, 12, 11, false)]
    [InlineData(null, null, 9, 12, 9, true)]
    [InlineData(9, 8, 9, 12, 9, true)]
    [InlineData(9, 9, 9, 12, 10, false)]
    [InlineData(11, 9, 9, 12, null, false)]
    [InlineData(11, 9, 9, 13, 10, true)]
    public void Each_day_is_counted_at_its_end_and_again_for_the_final_count(
        int? counted, int? final, int first, int today, int? due, bool isFinal)
    {
        static DateOnly Day(int day) => new(2026, 1, day);

        var next = RollUpDays.NextDay(counted is { } c ? Day(c) : null, final is { } f ? Day(f) : null, Day(first), Day(today));

        Assert.Equal(due is { } day ? (Day(day), isFinal) : null, next);
    }

    [Fact]
    public async Task An_estimate_has_a_line_per_item_country_and_price()
    {
        await using var world = await UsageFixture.CreateAsync(postgres);
        await world.SetSenderAddressAsync("+15145550100");
        await world.SentAsync(UsageFixture.Start, 2, "+1418555", units: 3);
        await world.SentAsync(UsageFixture.Start, 1, "+1212555");
        await world.SentAsync(UsageFixture.Start, 5, "+22462000");
        await world.SentAsync(UsageFixture.Start, 4, "+22462000", channel: "whatsapp");
        await world.ReceivedAsync(UsageFixture.Start, 2, units: 2);

        var estimate = (await world.UsageAsync()).Estimate;

        var from = new DateOnly(2025, 1, 1);
        Assert.Equal(
            [
                new EstimateLine("sms-in", "CA", 4, "segment", 0.0083m, 0.0332m, from),
                new EstimateLine("sms-out", "CA", 6, "segment", 0.0083m, 0.0498m, from),
                new EstimateLine("sms-out", "GN", 5, "segment", null, null, null),
                new EstimateLine("sms-out", "US", 1, "segment", 0.0083m, 0.0083m, from),
                new EstimateLine("whatsapp-out", "GN", 4, "message", 0.005m, 0.02m, new DateOnly(2022, 1, 1)),
            ],
            estimate.Lines);
        Assert.Equal(("USD", 0.1113m, false), (estimate.Currency, estimate.Total, estimate.IsComplete));
    }

    [Fact]
    public void A_price_that_changes_within_the_month_makes_two_lines()
    {
        static Price Of(string country, int day, decimal amount) =>
            new() { Item = "sms-out", Country = country, ValidFrom = new DateOnly(2026, 1, day), Amount = amount, Currency = "USD" };

        var prices = new PriceList([Of("CA", 1, 0.01m), Of("CA", 15, 0.02m), Of("*", 1, 0.05m)]);
        UsageDay[] days =
            [
                new(new DateOnly(2026, 1, 14), "sms", "out", "CA", 10, 10), new(new DateOnly(2026, 1, 15), "sms", "out", "CA", 1, 1),
                new(new DateOnly(2026, 1, 15), "sms", "out", "GN", 2, 2),
            ];

        var estimate = UsageEstimate.Calculate(UsageFixture.January, days, [new Rental("number-local", "CA", 2)], prices);

        Assert.Equal(
            [("number-local", null), ("sms-out", 0.10m), ("sms-out", 0.02m), ("sms-out", 0.10m)],
            estimate.Lines.Select(line => (line.Item, line.Amount)));
        Assert.Equal(0.22m, estimate.Total);
    }

    [Fact]
    public async Task Numbers_are_estimated_for_every_active_month()
    {
        await using var world = await UsageFixture.CreateAsync(postgres);
        await world.ExecuteAsync("""
            insert into phone_numbers (id, tenant_id, account_id, number, provider_sid, country, number_type, source, state, created_at,
              released_at)
            select gen_random_uuid(), @Tenant, a.id, n.number, 'PN' || n.number || @Tenant, 'CA', n.type, 'purchase',
              case when n.released is null then 'active' else 'released' end, n.created, n.released
            from provider_accounts a,
              (values ('+14180000001', 'local', '2025-11-03'::timestamptz, null::timestamptz),
                ('+14180000002', 'local', '2026-01-19', '2026-01-19'),
                ('+18330000003', 'toll_free', '2025-01-01', '2025-12-31'),
                ('+14180000004', 'local', '2026-02-01', null)) n (number, type, created, released)
            where a.tenant_id = @Tenant
            """, new { world.Tenant });

        var (january, december) = ((await world.UsageAsync()).Estimate.Lines, (await world.UsageAsync("2025-12")).Estimate.Lines);

        Assert.Equal([("number-local", 2L, 2.30m)], january.Select(line => (line.Item, line.Quantity, line.Amount!.Value)));
        Assert.Equal(
            [("number-local", 1L, 1.15m), ("number-toll-free", 1L, 2.15m)],
            december.Select(line => (line.Item, line.Quantity, line.Amount!.Value)));
    }

    [Fact]
    public async Task Billing_totals_do_not_add_parent_categories()
    {
        await using var world = await UsageFixture.CreateAsync(postgres);
        world.SetBilledUsage(
            UsageFixture.January, ("totalprice", 12.5m), ("sms", 10), ("sms-outbound", 7), ("sms-inbound", 3), ("phonenumbers", 2.3m),
            ("calls", 0.2m), ("mms", 0));

        await world.Refresh.RunAsync(world.Tenant, default);

        var usage = await world.UsageAsync();
        Assert.Equal(("USD", 12.5m, UsageFixture.Start.AddHours(-1)), (usage.Actual!.Currency, usage.Actual.Total, usage.Actual.AsOf));
        Assert.Equal(["mms", "phonenumbers", "sms", "sms-inbound", "sms-outbound"], usage.Actual.Lines.Select(line => line.Category));
        Assert.Equal((42.5m, "USD", false), (usage.Balance!.Amount, usage.Balance.Currency, usage.Balance.Low));
        Assert.Null((await world.UsageAsync("2025-12")).Actual);
        Assert.Null((await world.UsageAsync("2025-12")).Balance);
    }

    [Fact]
    public async Task The_previous_month_is_read_until_its_bill_is_complete()
    {
        await using var world = await UsageFixture.CreateAsync(postgres);
        world.Clock.Advance(new DateTimeOffset(2026, 2, 3, 23, 0, 0, TimeSpan.Zero) - UsageFixture.Start);
        world.SetBilledUsage(UsageFixture.January, ("totalprice", 9));
        world.SetBilledUsage(UsageFixture.January.AddMonths(1), ("totalprice", 1));

        await world.Refresh.RunAsync(world.Tenant, default);
        Assert.Equal((9, 1), ((await world.UsageAsync("2026-01")).Actual!.Total, (await world.UsageAsync()).Actual!.Total));

        world.Clock.Advance(TimeSpan.FromHours(2));
        world.Source.ClearReceivedCalls();
        await world.Refresh.RunAsync(world.Tenant, default);
        await world.Source.Received(1).ReadMonthAsync(Arg.Any<ProviderCredentials>(), Arg.Any<DateOnly>());
    }

    [Fact]
    public async Task A_failed_read_keeps_the_balance_and_a_sub_account_has_none()
    {
        await using var world = await UsageFixture.CreateAsync(postgres);
        await world.Refresh.RunAsync(world.Tenant, default);
        world.Numbers.FetchBalanceAsync(default!).ReturnsForAnyArgs(new ProviderFailure(ProviderFailureKind.Unknown, "http_500", 500));
        Assert.Equal(42.5m, (await world.Refresh.RunAsync(world.Tenant, default)).Value.Balance!.Amount);

        world.Numbers.FetchBalanceAsync(default!).ReturnsForAnyArgs(new ProviderFailure(ProviderFailureKind.Refused, "20404", 404));
        Assert.Null((await world.Refresh.RunAsync(world.Tenant, default)).Value.Balance);
    }

    [Fact]
    public async Task A_replaced_account_keeps_its_billed_usage()
    {
        await using var world = await UsageFixture.CreateAsync(postgres);
        world.SetBilledUsage(UsageFixture.January, ("totalprice", 9), ("sms", 4));
        await world.Refresh.RunAsync(world.Tenant, default);
        await world.ChangeAccountAsync();
        Assert.Null((await world.UsageAsync()).Balance);
        world.SetBilledUsage(UsageFixture.January);
        await world.Refresh.RunAsync(world.Tenant, default);
        Assert.Equal(9, (await world.UsageAsync()).Actual!.Total);

        world.SetBilledUsage(UsageFixture.January, ("totalprice", 2), ("sms", 1));
        await world.Refresh.RunAsync(world.Tenant, default);

        var actual = (await world.UsageAsync()).Actual!;
        Assert.Equal((11m, 5m, 20m), (actual.Total, Assert.Single(actual.Lines).Price, actual.Lines[0].Count));
        world.Clock.Advance(new DateTimeOffset(2026, 2, 2, 8, 0, 0, TimeSpan.Zero) - UsageFixture.Start);
        world.SetBilledUsage(UsageFixture.January);
        world.SetBilledUsage(UsageFixture.January.AddMonths(1));
        await world.Refresh.RunAsync(world.Tenant, default);
        Assert.Equal(9, (await world.UsageAsync("2026-01")).Actual!.Total);
    }

    [Fact]
    public void Accounts_of_two_currencies_are_not_added_up()
    {
        static BilledRecord Of(string account, string category, decimal price, string currency) =>
            new() { AccountSid = account, Category = category, Price = price, Currency = currency, AsOf = UsageFixture.Start.UtcDateTime };

        var actual = BilledUsage.Create(
            [
                Of("AC1", "totalprice", 9, "EUR"), Of("AC1", "sms", 8, "EUR"), Of("AC2", "totalprice", 0, "USD"),
                Of("AC3", "totalprice", 1, "EUR"),
            ]);

        Assert.Equal(("EUR", 10m, 8m), (actual!.Currency, actual.Total, Assert.Single(actual.Lines).Price));
        Assert.Null(BilledUsage.Create([]));
    }

    [Fact]
    public async Task A_rejected_refresh_has_a_failure_code_and_changes_nothing()
    {
        await using var world = await UsageFixture.CreateAsync(postgres);
        world.SetBilledUsage(UsageFixture.January, ("totalprice", 3));
        await world.Refresh.RunAsync(world.Tenant, default);
        world.FailUsageReads(new ProviderFailure(ProviderFailureKind.Refused, "20003", 401));

        var refused = await world.Refresh.RunAsync(world.Tenant, default);

        Assert.Equal("credentials_rejected", refused.Failure!.Code);
        Assert.Equal(3, (await world.UsageAsync()).Actual!.Total);
    }

    [Fact]
    public async Task Without_an_account_only_the_estimate_is_shown()
    {
        await using var world = await UsageFixture.CreateAsync(postgres);
        await world.ExecuteAsync("update senders set retired_at = now() where tenant_id = @Tenant", new { world.Tenant });
        await world.SentAsync(UsageFixture.Start, 1);
        await world.ExecuteAsync(
            "update provider_accounts set provider = 'meta' where tenant_id = @Tenant", new { world.Tenant });

        Assert.Equal("no_account", (await world.Refresh.RunAsync(world.Tenant, default)).Failure!.Code);
        Assert.Equal((1, null), ((await world.UsageAsync()).Sms.Sent, (await world.UsageAsync()).Actual));
    }

    [Theory]
    [InlineData("2026-02")]
    [InlineData("2026-13")]
    [InlineData("2026-1")]
    [InlineData("januar")]
    [InlineData("")]
    public async Task An_invalid_or_future_month_is_rejected(string month)
    {
        await using var world = await UsageFixture.CreateAsync(postgres);

        var result = await world.Get<GetUsage>().RunAsync(world.Tenant, month, default);

        Assert.Equal("invalid_query", result.Failure!.Code);
        Assert.Contains("month", result.Failure.Faults!.Keys);
    }

    [Fact]
    public async Task Counting_a_day_reads_that_day_only()
    {
        await using var world = await UsageFixture.CreateAsync(postgres);
        for (var day = 0; day < 20; day++)
        {
            await world.SentAsync(UsageFixture.Start.AddDays(-day), 500);
            await world.ReceivedAsync(UsageFixture.Start.AddDays(-day), 100);
        }

        await world.ExecuteAsync("analyze messages; analyze senders;");
        var plan = await world.Db.RunAsync(world.Tenant, tx => tx.QueryAsync<string>($"explain {CountUsage.CountMessages}", new
        {
            TenantId = world.Tenant,
            From = UsageFixture.Start.AddHours(-10).UtcDateTime,
            To = UsageFixture.Start.UtcDateTime,
        }, default), default);

        Assert.Contains(plan, line => line.Contains("messages_used", StringComparison.Ordinal));
        Assert.Contains(plan, line => line.Contains("messages_ended", StringComparison.Ordinal));
        Assert.DoesNotContain(plan, line => line.Contains("Seq Scan on messages", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failing_tenant_does_not_stop_the_others()
    {
        await using var world = await UsageFixture.CreateAsync(postgres);
        await using var other = await UsageFixture.CreateAsync(postgres);
        await world.SentAsync(UsageFixture.Start.AddDays(-1), 2);
        await other.SentAsync(UsageFixture.Start.AddDays(-1), 2);
        world.Source.ReadMonthAsync(default!, default).ReturnsForAnyArgs(
            call => call.Arg<ProviderCredentials>().Sid == world.AccountSid
                ? throw new InvalidOperationException("broken edge")
                : new List<UsageRecord> { new("totalprice", null, null, 4, "USD", UsageFixture.Start) });

        await world.RefreshAll.RunAsync(default);

        Assert.Equal(4, (await other.UsageAsync()).Actual!.Total);
        Assert.Null((await world.UsageAsync()).Actual);
        Assert.Equal(
            2,
            await world.OneAsync<int>(
                "select count(*)::int from usage_days where tenant_id in (@Tenant, @Other)", new { world.Tenant, Other = other.Tenant }));
    }
}
