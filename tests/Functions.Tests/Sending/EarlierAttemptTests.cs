using FsCheck;
using FsCheck.Fluent;
using Relais.Channels;
using Relais.Kit;
using Relais.Sending;
using Relais.Sending.Retries;

namespace Functions.Tests.Sending;

/// <summary>Status reports about an earlier attempt of a message that was requeued for a retry.</summary>
public sealed class EarlierAttemptTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string First = "first";
    private const string Second = "second";

    /// <summary>How a report identifies its attempt.</summary>
    public enum Naming
    {
        ByUrl,
        BySid,
        ByMessageAndSid,
    }

    [Theory]
    [InlineData("undelivered", "30008", "delivered", Naming.ByUrl)]
    [InlineData("undelivered", "30008", "delivered", Naming.BySid)]
    [InlineData("undelivered", "30008", "delivered", Naming.ByMessageAndSid)]
    [InlineData("undelivered", "30003", "read", Naming.ByUrl)]
    [InlineData("failed", "30008", "delivered", Naming.BySid)]
    [InlineData("failed", "63018", "read", Naming.BySid)]
    [InlineData("failed", "63038", "delivered", Naming.ByUrl)]
    public async Task FieldTrial_F07_Delivery_after_a_retryable_failure_cancels_the_retry(
        string failure, string code, string end, Naming naming)
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var (campaign, id) = await SendFirstAsync(world);
        await ApplyAsync(world, Report(world, id, 1, First, "sent"), Report(world, id, 1, First, failure, code));
        Assert.True(await world.StatusAsync(id) is "retry" or "pending");

        await ApplyAsync(world, Identify(Report(world, id, 1, First, end), naming));

        Assert.Equal(end, await world.StatusAsync(id));
        await world.ExecuteAsync(
            "update messages set due_at = now() where id = @id; update senders set parked_until = null where id = @Sender",
            new { id, world.Sender });
        await world.SweepAsync();
        Assert.Equal(0, (await world.PumpAsync()).Accepted);
        Assert.Single(world.Provider.ReceivedCalls);
        Assert.Equal(Delivered(end == "read"), await world.CountersAsync(campaign));
        Assert.Null(await world.OneAsync<string>("select error_code from messages where id = @id", new { id }));
    }

    [Theory]
    [InlineData("pending", Naming.ByUrl)]
    [InlineData("pending", Naming.BySid)]
    [InlineData("claimed", Naming.ByUrl)]
    [InlineData("claimed", Naming.BySid)]
    [InlineData("unknown", Naming.BySid)]
    [InlineData("queued", Naming.ByUrl)]
    [InlineData("sent", Naming.BySid)]
    [InlineData("failed", Naming.BySid)]
    [InlineData("canceled", Naming.BySid)]
    [InlineData("expired", Naming.ByUrl)]
    public async Task FieldTrial_F07_Delivery_of_the_first_attempt_wins_in_every_state_of_the_retry(string state, Naming naming)
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var (campaign, id) = await SendAndFailAsync(world);
        await MoveToStateAsync(world, id, campaign, state);

        await ApplyAsync(world, Identify(Report(world, id, 1, First, "delivered"), naming));
        await ApplyAsync(world, Identify(Report(world, id, 1, First, "delivered"), naming));

        Assert.Equal("delivered", await world.StatusAsync(id));
        Assert.Equal(Delivered(read: false), await world.CountersAsync(campaign));
        Assert.Null(await world.OneAsync<DateTime?>("select ended_at from messages where id = @id", new { id }));
    }

    [Theory]
    [InlineData("queued", null, "read")]
    [InlineData("failed", "21610", null)]
    [InlineData("failed", "20429", null)]
    [InlineData("failed", "30005", null)]
    public async Task FieldTrial_F07_Retry_in_flight_changes_no_counter_after_the_delivery(
        string outcome, string? code, string? later)
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var (campaign, id) = await SendAndFailAsync(world);
        world.Provider.Answer = message =>
        {
            ApplyAsync(world, Report(world, id, 1, First, "delivered")).GetAwaiter().GetResult();
            return code is null
                ? new SendOutcome.Accepted(Sid(id, Second), outcome)
                : new SendOutcome.Rejected(code, code == "20429" ? 429 : 400);
        };
        await world.ExecuteAsync(
            "update messages set status = 'pending', due_at = now() where id = @id; delete from recipient_pace where tenant_id = @Tenant",
            new { id, world.Tenant });

        await world.PumpAsync();

        Assert.Equal("delivered", await world.StatusAsync(id));
        Assert.Equal(Delivered(read: false), await world.CountersAsync(campaign));
        Assert.Equal(
            code == "21610" ? 1 : 0,
            await world.OneAsync<int>("select count(*)::int from suppressions where tenant_id = @Tenant", new { world.Tenant }));
        if (later is not null)
        {
            await ApplyAsync(world, Identify(Report(world, id, 3, Second, later), Naming.BySid));
            Assert.Equal(later, await world.StatusAsync(id));
            Assert.Equal(Delivered(read: true), await world.CountersAsync(campaign));
        }
    }

    [Theory]
    [InlineData("failed", "30005", "delivered")]
    [InlineData("undelivered", "30008", "delivered")]
    [InlineData("undelivered", null, "read")]
    [InlineData("sent", null, "delivered")]
    [InlineData("queued", null, "read")]
    [InlineData("canceled", null, "delivered")]
    [InlineData("failed", "30005", "failed")]
    public async Task FieldTrial_F07_Late_report_of_an_earlier_attempt_leaves_the_newer_attempt_unchanged(
        string status, string? code, string newer)
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var (campaign, id) = await SendAndFailAsync(world);
        await SendRetryAsync(world, id);
        await ApplyAsync(
            world, Report(world, id, 3, Second, "sent"), Report(world, id, 3, Second, newer, newer == "failed" ? "30006" : null));
        var before = await world.CountersAsync(campaign);

        foreach (var naming in Enum.GetValues<Naming>())
        {
            await ApplyAsync(world, Identify(Report(world, id, 1, First, status, code), naming));
        }

        Assert.Equal(newer, await world.StatusAsync(id));
        Assert.Equal(before, await world.CountersAsync(campaign));
        Assert.Equal(3, await world.OneAsync<int>("select attempt from messages where id = @id", new { id }));
        Assert.Equal(Sid(id, Second), await world.OneAsync<string>("select provider_sid from messages where id = @id", new { id }));
    }

    [Theory]
    [InlineData("sent")]
    [InlineData("queued")]
    [InlineData("undelivered")]
    public async Task FieldTrial_F07_Late_intermediate_status_keeps_the_retry_and_is_counted(string status)
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var (campaign, id) = await SendFirstAsync(world);
        await ApplyAsync(world, Report(world, id, 1, First, "failed", "30008"));
        var dueAt = await world.OneAsync<DateTime>("select due_at from messages where id = @id", new { id });

        var report = Report(world, id, 1, First, status, status == "undelivered" ? "30008" : null);
        var transitions = (await ApplyAsync(world, report)).Transitions;

        Assert.Equal("retry", await world.StatusAsync(id));
        Assert.Equal(
            ("retry", dueAt, 1),
            await world.OneAsync<(string, DateTime, int)>("select wait_reason, due_at, failures from messages where id = @id", new { id }));
        Assert.Equal(status == "sent" ? new Dictionary<string, long> { ["sent"] = 1 } : [], await world.CountersAsync(campaign));
        Assert.DoesNotContain(transitions, transition => transition.WaitsForRetry);
    }

    [Fact]
    public async Task FieldTrial_F07_Opt_out_error_of_an_earlier_attempt_is_recorded_once()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var (_, id) = await SendAndFailAsync(world);

        await ApplyAsync(world, Report(world, id, 1, First, "failed", "21610"));
        await ApplyAsync(world, Identify(Report(world, id, 1, First, "failed", "21610"), Naming.BySid));

        Assert.Equal(
            "21610", await world.OneAsync<string>("select source from suppressions where tenant_id = @Tenant", new { world.Tenant }));
        Assert.Equal(1, await world.OneAsync<int>("select count(*)::int from consents where tenant_id = @Tenant", new { world.Tenant }));
        await SendRetryAsync(world, id);
        Assert.Equal("skipped", await world.StatusAsync(id));
    }

    [Fact]
    public async Task FieldTrial_F07_Retry_timer_after_the_delivery_does_not_requeue()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var (_, id) = await SendAndFailAsync(world);
        await ApplyAsync(world, Report(world, id, 1, First, "delivered"));

        await world.Get<RetryMessage>().RequeueMessage(
            new RetryMessage.Input(id, 2, DateTime.UtcNow), default);

        Assert.Equal("delivered", await world.StatusAsync(id));
    }

    [Fact]
    public async Task FieldTrial_F07_Report_of_another_tenant_with_an_earlier_sid_is_ignored()
    {
        await using var ownTenant = await SendingFixture.CreateAsync(postgres.Database);
        await using var otherTenant = await SendingFixture.CreateAsync(postgres.Database);
        var (_, victim) = await SendAndFailAsync(otherTenant);

        await ApplyAsync(ownTenant, Identify(Report(ownTenant, victim, 1, First, "delivered"), Naming.BySid));

        Assert.Equal("retry", await otherTenant.StatusAsync(victim));
    }

    [Fact]
    public void FieldTrial_F07_Reports_of_two_attempts_give_the_same_counters_in_any_order()
    {
        var runs = (
            from first in Gen.SubListOf("queued", "sent", "delivered", "read")
            from second in Gen.SubListOf("queued", "sending", "sent", "delivered", "read", "undelivered")
            from seed in Gen.Choose(0, int.MaxValue - 1)
            from duplicateCount in Gen.Choose(0, 5)
            select (First: first.ToArray(), Second: second.ToArray(), Seed: seed, DuplicateCount: duplicateCount)).ToArbitrary();

        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(60),
            Prop.ForAll(runs, run => PermuteAsync(run.First, run.Second, run.Seed, run.DuplicateCount).GetAwaiter().GetResult()));
    }

    private async Task PermuteAsync(string[] first, string[] second, int seed, int duplicateCount)
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var (campaign, id) = await SendAndFailAsync(world);
        var random = new Random(seed);
        var reports = first.Select(status => Report(world, id, 1, First, status))
            .Concat(second.Select(status => Report(world, id, 3, Second, status, status == "undelivered" ? "30005" : null)))
            .ToList();
        reports.AddRange(Enumerable.Range(0, reports.Count == 0 ? 0 : duplicateCount).Select(_ => reports[random.Next(reports.Count)]));
        var shuffled = reports.Select(report => Identify(report, (Naming)random.Next(3))).ToArray();
        random.Shuffle(shuffled);
        // Some reports of the first attempt arrive while the retry waits. A delivery among them cancels it.
        var early = shuffled.Where(report => report.Sid == Sid(id, First)).Take(random.Next(3)).ToList();
        var stopped = early.Exists(report => report.Status is "delivered" or "read");
        var late = shuffled.ToList();
        early.ForEach(report => late.Remove(report));
        late.RemoveAll(report => stopped && report.Sid == Sid(id, Second));

        await ApplyAsync(world, [.. early]);
        await SendRetryAsync(world, id);
        foreach (var group in late.Chunk(random.Next(1, 5)))
        {
            await ApplyAsync(world, group);
        }

        // A failure is final for its attempt: a delivery of the same attempt counts only when it arrived earlier.
        var firstEnd = late.Find(report => report.Sid == Sid(id, Second) && report.Status is "delivered" or "read" or "undelivered");
        var seen = early.Concat(late)
            .Where(report =>
                report.Sid == Sid(id, First) || firstEnd?.Status != "undelivered" || report.Status is not ("delivered" or "read"))
            .ToList();
        var delivered = seen.Exists(report => report.Status is "delivered" or "read");
        var failed = !delivered && seen.Exists(report => report.Status == "undelivered");
        var sent = seen.Exists(report => report.Status is "sent" or "delivered" or "read" or "undelivered");
        var read = early.Concat(late).Any(report => report.Status == "read");
        var counters = await world.CountersAsync(campaign);
        Assert.Equal(stopped ? 1 : 2, world.Provider.ReceivedCalls.Count);
        Assert.Equal(-1, counters["queued"]);
        Assert.Equal((sent ? 1 : 0, delivered ? 1 : 0, failed ? 1 : 0, failed ? 1 : 0), (
            counters.GetValueOrDefault("sent"), counters.GetValueOrDefault("delivered"), counters.GetValueOrDefault("failed"),
            counters.GetValueOrDefault("failed:30005")));
        Assert.True(read || !counters.ContainsKey("read"));
    }

    private static Dictionary<string, long> Delivered(bool read)
    {
        var counters = new Dictionary<string, long> { ["queued"] = -1, ["sent"] = 1, ["delivered"] = 1 };
        if (read)
        {
            counters["read"] = 1;
        }

        return counters;
    }

    private static string Sid(Guid id, string attempt) => $"SM{attempt}{id:N}";

    /// <summary>Sends a campaign message that the provider accepts.</summary>
    private static async Task<(Guid Campaign, Guid Id)> SendFirstAsync(SendingFixture world)
    {
        var campaign = await world.CampaignAsync();
        var id = Assert.Single(await world.MessagesAsync(1, campaign));
        world.Provider.Answer = message => new SendOutcome.Accepted(Sid(id, message.Attempt == 1 ? First : Second), "queued");
        await world.PumpAsync();
        return (campaign, id);
    }

    /// <summary>Sends a campaign message that then fails with a retryable error.</summary>
    private static async Task<(Guid Campaign, Guid Id)> SendAndFailAsync(SendingFixture world)
    {
        var (campaign, id) = await SendFirstAsync(world);
        await ApplyAsync(world, Report(world, id, 1, First, "failed", "30008"));
        Assert.Equal("retry", await world.StatusAsync(id));
        return (campaign, id);
    }

    private static async Task SendRetryAsync(SendingFixture world, Guid id)
    {
        await world.ExecuteAsync(
            """
            update messages set status = 'pending', due_at = now() where id = @id and status = 'retry';
            delete from recipient_pace where tenant_id = @Tenant
            """,
            new { id, world.Tenant });
        await world.PumpAsync();
    }

    private static async Task MoveToStateAsync(SendingFixture world, Guid id, Guid campaign, string state)
    {
        if (state is "pending" or "claimed" or "unknown")
        {
            await world.ExecuteAsync(
                """
                update messages set status = @state, attempt = attempt + case when @state = 'pending' then 0 else 1 end, claimed_at = now()
                  where id = @id
                """,
                new { id, state });
            return;
        }

        if (state is "canceled" or "expired")
        {
            await world.ExecuteAsync(
                state == "canceled"
                    ? "update campaigns set status = 'cancelling' where id = @campaign"
                    : "update messages set expires_at = now() - interval '1 second' where id = @id",
                new { id, campaign });
            await (state == "canceled"
                ? world.SystemDb.RunAsync(
                    tx => TransitionMessages.RunAsync(tx, [new StatusTransition(id, 2, "canceled", DateTimeOffset.UtcNow)], default),
                    default)
                : SendRetryAsync(world, id));
            return;
        }

        await SendRetryAsync(world, id);
        await ApplyAsync(world, Report(world, id, 3, Second, state, state == "failed" ? "30005" : null));
    }

    private static Task<AppliedStatuses> ApplyAsync(SendingFixture world, params StatusReport[] reports) =>
        world.SystemDb.RunAsync(tx => ApplyStatusReports.RunAsync(tx, reports, DateTimeOffset.UtcNow, Random.Shared, default), default);

    private static StatusReport Report(SendingFixture world, Guid id, int attempt, string sid, string status, string? code = null) =>
        new(world.Tenant, Guid.CreateVersion7(), id, attempt, Sid(id, sid), status, code, DateTimeOffset.UtcNow);

    private static StatusReport Identify(StatusReport report, Naming naming) => naming switch
    {
        Naming.BySid => report with { MessageId = null, Attempt = null },
        Naming.ByMessageAndSid => report with { Attempt = null },
        _ => report,
    };
}
