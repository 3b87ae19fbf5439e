using Relais.Accounts;
using Relais.Channels;
using Relais.Kit;
using Relais.Numbers;
using Relais.Numbers.Orders;
using Relais.Numbers.Orders.Run;

namespace Functions.Tests.Numbers;

public sealed class OrderDecisionTests
{
    private static readonly DateTimeOffset Now = FixedClock.Start;
    private static readonly NumbersOptions Options = new();

    [Theory]
    [InlineData("reserved", "Buy")]
    [InlineData("buying", "Buy")]
    [InlineData("bought", "Connect")]
    [InlineData("connected", "Register")]
    [InlineData("undoing", "Undo")]
    [InlineData("done", "End")]
    [InlineData("failed", "End")]
    public void The_next_step_follows_from_the_status(string status, string step) =>
        Assert.Equal(step, OrderDecision.ChooseNextStep(new OrderProgress(status, null), Now).Kind.ToString());

    [Theory]
    [InlineData("buying")]
    [InlineData("bought")]
    [InlineData("undoing")]
    public void No_step_runs_before_its_time(string status)
    {
        Assert.Equal(
            new OrderStep(OrderStepKind.Wait, TimeSpan.FromSeconds(7)),
            OrderDecision.ChooseNextStep(new OrderProgress(status, Now.AddSeconds(7)), Now));
        Assert.NotEqual(OrderStepKind.Wait, OrderDecision.ChooseNextStep(new OrderProgress(status, Now), Now).Kind);
    }

    [Fact]
    public void A_timer_ends_on_a_whole_second()
    {
        var now = Now.AddMilliseconds(300);

        Assert.Equal(
            TimeSpan.FromMilliseconds(1700),
            OrderDecision.ChooseNextStep(new OrderProgress("buying", Now.AddMilliseconds(1100)), now).Delay);
        Assert.Equal(
            TimeSpan.FromMilliseconds(700),
            OrderDecision.ChooseNextStep(new OrderProgress("buying", Now.AddMilliseconds(301)), now).Delay);
        var next = OrderDecision.ChooseNextStep(new OrderProgress("buying", Now.AddSeconds(2)), now);
        Assert.Equal(TimeSpan.FromMilliseconds(1700), next.Delay);
    }

    [Theory]
    [InlineData(9.9, 9.9, true)]
    [InlineData(10, 0, false)]
    [InlineData(0, 10, false)]
    [InlineData(0, -10, false)]
    public void A_purchase_is_sent_only_within_the_deadline_of_both_clocks(double elapsed, double wallClock, bool canSend) =>
        Assert.Equal(canSend, OrderDecision.CanStillSend(TimeSpan.FromSeconds(elapsed), Now, Now.AddSeconds(wallClock), Options));

    [Theory]
    [InlineData("21615", "AD1", null, "address_not_accepted")]
    [InlineData("21631", "AD1", null, "address_not_accepted")]
    [InlineData("21615", null, "BU1", "address_required")]
    [InlineData("21649", null, "BU1", "bundle_not_accepted")]
    [InlineData("21649", "AD1", null, "bundle_required")]
    [InlineData("20422", "AD1", null, "address_not_accepted")]
    public void A_sent_address_maps_to_not_accepted_instead_of_required(
        string providerCode, string? address, string? bundle, string code) =>
        Assert.Equal(
            code,
            OrderDecision.AfterFailure(
                Order("buying") with { AddressSid = address, BundleSid = bundle },
                FakeNumberProvider.Refusal(providerCode),
                Now,
                Options).Code);

    [Fact]
    public void Failures_are_logged_at_growing_distances() =>
        Assert.Equal([1, 2, 4, 8, 16], Enumerable.Range(1, 20).Where(OrderDecision.ShouldLogFailure));

    [Theory]
    [InlineData("00:00:10", "00:00:10", "00:00:21.001", true)]
    [InlineData("00:00:10", "00:00:10", "00:00:21", false)]
    [InlineData("00:00:10", "00:00:30", "00:00:30", false)]
    [InlineData("00:00:00.5", "00:00:02", "00:00:04", true)]
    public void The_wait_for_absence_must_outlast_a_late_purchase(
        string sendDeadline, string callTimeout, string confirmAfter, bool isValid) =>
        Assert.Equal(
            isValid,
            new NumbersOptions { SendDeadline = TimeSpan.Parse(sendDeadline), ConfirmAbsenceAfter = TimeSpan.Parse(confirmAfter) }
                .ExceedsSendDeadlineAndCall(TimeSpan.Parse(callTimeout)));

    [Fact]
    public void An_ended_order_does_not_wait() =>
        Assert.Equal(OrderStepKind.End, OrderDecision.ChooseNextStep(new OrderProgress("failed", Now.AddHours(1)), Now).Kind);

    [Fact]
    public void The_pause_doubles_and_the_fifth_failure_undoes_the_order()
    {
        var transitions = Enumerable.Range(0, 5)
            .Select(
                failures => OrderDecision.AfterFailure(
                    Order("buying", attempts: failures + 1, failures), FakeNumberProvider.Silent, Now, Options))
            .ToList();

        Assert.Equal([2, 4, 8, 16], transitions[..4].Select(transition => (transition.RetryAt!.Value - Now).TotalSeconds));
        Assert.All(transitions[..4], transition => Assert.Equal(("buying", null), (transition.Status, transition.Code)));
        Assert.Equal(
            ("undoing", "provider_unavailable", "no_answer"),
            (transitions[4].Status, transitions[4].Code, transitions[4].ProviderCode));
    }

    [Fact]
    public void An_undo_is_retried_without_limit_at_least_every_five_minutes()
    {
        foreach (var failure in new[] { FakeNumberProvider.Silent, FakeNumberProvider.Refusal("20003", 401), FakeNumberProvider.Busy })
        {
            var transition = OrderDecision.AfterFailure(Order("undoing", failures: 1000), failure, Now, Options);

            Assert.Equal(("undoing", (string?)null, Now.AddMinutes(5)), (transition.Status, transition.Code, transition.RetryAt));
        }
    }

    [Fact]
    public void A_refused_first_purchase_fails_the_order()
    {
        var transition = OrderDecision.AfterFailure(Order("buying"), FakeNumberProvider.Refusal("21422"), Now, Options);

        Assert.Equal(new OrderFailureTransition("failed", "number_not_available", "21422", null), transition);
    }

    [Fact]
    public void A_refused_later_purchase_is_undone_after_the_earlier_calls_have_settled()
    {
        var transition = OrderDecision.AfterFailure(Order("buying", attempts: 2), FakeNumberProvider.Refusal("21422"), Now, Options);

        Assert.Equal(new OrderFailureTransition("undoing", "number_not_available", "21422", Now.AddSeconds(29)), transition);
    }

    [Fact]
    public void A_number_that_cannot_be_connected_is_released_without_delay()
    {
        Assert.Equal(
            new OrderFailureTransition("undoing", "provider_refused", "21502", null),
            OrderDecision.AfterFailure(Order("bought"), FakeNumberProvider.Refusal("21502"), Now, Options));
        Assert.Equal(
            Now.AddSeconds(29),
            OrderDecision.AfterFailure(Order("bought", attempts: 2), FakeNumberProvider.Refusal("21502"), Now, Options).RetryAt);
    }

    [Theory]
    [InlineData("20003", 401, "credentials_rejected")]
    [InlineData("http_401", 401, "credentials_rejected")]
    [InlineData("20005", 403, "account_suspended")]
    [InlineData("10001", 401, "account_suspended")]
    [InlineData("21404", 400, "trial_limit")]
    [InlineData("21421", 400, "number_invalid")]
    [InlineData("21422", 400, "number_not_available")]
    [InlineData("21451", 400, "area_code_invalid")]
    [InlineData("21452", 400, "area_code_empty")]
    [InlineData("21615", 400, "address_required")]
    [InlineData("21631", 400, "address_required")]
    [InlineData("21628", 400, "address_invalid")]
    [InlineData("21629", 400, "address_invalid")]
    [InlineData("21649", 400, "bundle_required")]
    [InlineData("21650", 400, "identity_required")]
    [InlineData("21651", 400, "address_not_accepted")]
    [InlineData("20429", 429, "provider_busy")]
    [InlineData("http_429", 429, "provider_busy")]
    [InlineData("http_408", 408, "provider_unavailable")]
    [InlineData("99999", 400, "provider_refused")]
    public void Each_provider_code_maps_to_a_failure_code(string providerCode, int status, string code)
    {
        var failure = TelephonyFailures.From(FakeNumberProvider.Refusal(providerCode, status));

        Assert.Equal(code, failure.Code);
        Assert.EndsWith(".", failure.Message);
        Assert.Equal(code == "provider_refused", failure.Message.Contains("99999"));
    }

    [Fact]
    public void A_missing_answer_maps_to_provider_unavailable()
    {
        Assert.All(
            [FakeNumberProvider.Silent, FakeNumberProvider.Broken, FakeNumberProvider.Unreachable],
            failure => Assert.Equal("provider_unavailable", ProviderReasons.ReasonFor(failure)));
        Assert.All(
            [FakeNumberProvider.Silent, FakeNumberProvider.Broken, FakeNumberProvider.Unreachable, FakeNumberProvider.Busy],
            failure => Assert.True(failure.IsTransient));
        Assert.False(FakeNumberProvider.Refusal("21422").IsTransient);
    }

    private static OrderRow Order(string status, int attempts = 1, int failures = 0) => new()
    {
        Id = Guid.Empty,
        TenantId = Guid.Empty,
        IdempotencyKey = "",
        Number = "+14185550100",
        Country = "CA",
        NumberType = "local",
        Status = status,
        OrderedBy = "{}",
        Attempts = attempts,
        Failures = failures,
        FirstPurchaseStartedAt = Now.AddSeconds(-60).UtcDateTime,
        PurchaseStartedAt = Now.AddSeconds(-1).UtcDateTime,
        CreatedAt = Now.UtcDateTime,
    };
}
