using Functions.Tests.Privacy;
using Relais.Channels;
using Relais.Kit;
using Relais.Sending;
using Relais.Sending.Unknown;
using Relais.Webhooks;

namespace Functions.Tests.Sending;

/// <summary>A message ended without a useful error code, and the provider reports the code later.</summary>
public sealed class LateErrorCodeTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Theory]
    [InlineData("failed", null, "failed", "63024")]
    [InlineData("undelivered", null, "undelivered", "30005")]
    [InlineData("failed", null, "undelivered", "30005")]
    [InlineData("undelivered", null, "failed", "30003")]
    [InlineData("failed", "unknown", "failed", "20003")]
    [InlineData("failed", "unknown_outcome", "failed", "63016")]
    public async Task FieldTrial_F12_Later_error_code_becomes_the_reason(string end, string? first, string report, string code)
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var campaign = await world.CampaignAsync();
        var id = Assert.Single(await world.MessagesAsync(1, campaign));
        await world.PumpAsync();
        await ApplyAsync(world, Report(world, id, end, first));
        Assert.Equal(1, (await world.CountersAsync(campaign))[$"failed:{first ?? "unknown"}"]);

        await ApplyAsync(world, Report(world, id, report, code));
        await ApplyAsync(world, Report(world, id, report, code));
        await ApplyAsync(world, Report(world, id, report, "30006"));
        await ApplyAsync(world, Report(world, id, report, null));

        Assert.Equal(
            (end, code), await world.OneAsync<(string, string)>("select status, error_code from messages where id = @id", new { id }));
        var counters = await world.CountersAsync(campaign);
        Assert.Equal((1, 1, false), (counters["failed"], counters[$"failed:{code}"], counters.ContainsKey($"failed:{first ?? "unknown"}")));
        Assert.Equal(-1, counters["queued"]);
        Assert.Equal(
            [first ?? "unknown", code],
            await world.ListAsync<string>(
                "select error_code from message_events where message_id = @id and status in ('failed', 'undelivered') order by ctid",
                new { id }));
        Assert.Equal(0, await world.OneAsync<int>("select failures from messages where id = @id", new { id }));
    }

    [Fact]
    public async Task FieldTrial_F12_Later_error_code_is_added_to_a_canceled_message()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var campaign = await world.CampaignAsync();
        var id = Assert.Single(await world.MessagesAsync(1, campaign));
        await world.PumpAsync();
        await ApplyAsync(world, Report(world, id, "canceled", null));

        await ApplyAsync(world, Report(world, id, "canceled", "30409"));

        Assert.Equal(
            ("canceled", "30409"),
            await world.OneAsync<(string, string)>("select status, error_code from messages where id = @id", new { id }));
        Assert.Equal(new Dictionary<string, long> { ["queued"] = -1, ["canceled"] = 1 }, await world.CountersAsync(campaign));
    }

    [Fact]
    public async Task FieldTrial_F12_Later_opt_out_error_records_the_opt_out()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var id = Assert.Single(await world.MessagesAsync(1, await world.CampaignAsync()));
        await world.PumpAsync();
        await ApplyAsync(world, Report(world, id, "failed", null));

        await ApplyAsync(world, Report(world, id, "failed", "21610"));
        await ApplyAsync(world, Report(world, id, "failed", "21610"));

        Assert.Equal(
            "21610", await world.OneAsync<string>("select source from suppressions where tenant_id = @Tenant", new { world.Tenant }));
        Assert.Equal(1, await world.OneAsync<int>("select count(*)::int from consents where tenant_id = @Tenant", new { world.Tenant }));
    }

    [Theory]
    [InlineData("63041", "paused")]
    [InlineData("63024", "running")]
    public async Task FieldTrial_F12_Later_configuration_error_pauses_the_campaign(string code, string status)
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var campaign = await world.CampaignAsync();
        var id = Assert.Single(await world.MessagesAsync(1, campaign));
        await world.PumpAsync();
        await ApplyAsync(world, Report(world, id, "failed", null));

        await ApplyAsync(world, Report(world, id, "failed", code));

        Assert.Equal(status, await world.OneAsync<string>("select status from campaigns where id = @campaign", new { campaign }));
        Assert.Equal("failed", await world.StatusAsync(id));
    }

    [Fact]
    public async Task FieldTrial_F12_A_polled_code_is_added_to_a_failed_message()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var campaign = await world.CampaignAsync();
        var ids = await world.MessagesAsync(2, campaign);
        world.Provider.Answer = message => message.Id == ids[0] ? new SendOutcome.Unknown(SendErrorActions.NoAnswer) : null;
        await world.PumpAsync();
        await world.ExecuteAsync(
            "update messages set claimed_at = now() - interval '2 hours' where tenant_id = @Tenant", new { world.Tenant });
        var sid = await world.OneAsync<string>("select provider_sid from messages where id = @Id", new { Id = ids[1] });
        world.Provider.Listed[Ids.Phone(1)] =
            [
                new ListedMessage("SMlisted", "failed", "63024", DateTimeOffset.UtcNow.AddHours(-2), "Bonjour"),
            ];
        world.Provider.Listed[Ids.Phone(2)] = [new ListedMessage(sid!, "undelivered", "21610", DateTimeOffset.UtcNow, "Bonjour")];
        // The callbacks arrive while the lookups are in progress.
        world.Provider.OnListRequested = _ => ApplyAsync(world, Report(world, ids[0], "failed", null));
        world.Provider.OnFetchRequested = _ => ApplyAsync(world, Report(world, ids[1], "undelivered", null) with { Sid = sid! });

        await world.Get<ResolveUnknownOutcomes>().RunAsync(world.Sender, default);
        await world.Get<Relais.Sending.Overdue.PollOverdueStatuses>().RunAsync(default);

        Assert.Equal(
            [("failed", "63024"), ("undelivered", "21610")],
            await world.ListAsync<(string, string)>(
                "select status, error_code from messages where tenant_id = @Tenant order by id", new { world.Tenant }));
        Assert.Equal(
            "21610", await world.OneAsync<string>("select source from suppressions where tenant_id = @Tenant", new { world.Tenant }));
        var counters = await world.CountersAsync(campaign);
        Assert.Equal((2, 1, 1), (counters["failed"], counters["failed:63024"], counters["failed:21610"]));
        Assert.DoesNotContain("failed:unknown", counters.Keys);
    }

    [Fact]
    public async Task FieldTrial_F12_Stored_report_without_a_code_takes_the_code_of_its_repetition()
    {
        await using var world = await PrivacyFixture.CreateAsync(postgres);
        await world.ImportAsync("+224620000001");
        var campaign = await world.CampaignAsync();
        await world.PumpAsync();
        var id = await world.OneAsync<Guid>("select id from messages where campaign_id = @campaign", new { campaign });
        var sid = await world.OneAsync<string>("select provider_sid from messages where id = @id", new { id });

        var stored = await StoreAsync(world, Event(world, id, sid, "failed", null));
        var again = await StoreAsync(world, Event(world, id, sid, "failed", "63024"), Event(world, id, sid, "failed", null));
        await StoreAsync(world, Event(world, id, sid, "failed", "30005"));

        Assert.Equal((true, false), (stored.Single().Value.IsNew, again.Values.Any(result => result.IsNew)));
        Assert.Equal("63024", await world.OneAsync<string>("select error_code from messages where id = @id", new { id }));
        Assert.Equal(
            ["63024"],
            await world.ListAsync<string>("select payload ->> 'ErrorCode' from webhook_events where sid = @sid", new { sid }));
        Assert.Equal(
            [("failed", 1L), ("failed:63024", 1L)],
            await world.ListAsync<(string, long)>(
                """
                select name, sum(value)::bigint from campaign_counters where campaign_id = @campaign and name like 'failed%' group by name
                  having sum(value) <> 0 order by name
                """,
                new { campaign }));
    }

    [Fact]
    public async Task FieldTrial_F12_Unmatched_report_takes_the_code_of_its_repetition()
    {
        await using var world = await PrivacyFixture.CreateAsync(postgres);
        await world.ImportAsync("+224620000001");
        var campaign = await world.CampaignAsync();
        var id = await world.OneAsync<Guid>("select id from messages where campaign_id = @campaign", new { campaign });
        var sid = $"SMearly{id:N}";
        await StoreAsync(world, Event(world, null, sid, "failed", null), Event(world, null, sid, "failed", "21610"));
        Assert.Equal("unmatched", await world.OneAsync<string>("select state from webhook_events where sid = @sid", new { sid }));

        world.Provider.Answer = _ => new SendOutcome.Accepted(sid, "queued");
        await world.PumpAsync();

        Assert.Equal("21610", await world.OneAsync<string>("select error_code from messages where id = @id", new { id }));
        Assert.Equal(
            1, await world.OneAsync<int>("select count(*)::int from suppressions where tenant_id = @Tenant", new { world.Tenant }));
    }

    private static Task<Dictionary<Guid, StoreResult>> StoreAsync(PrivacyFixture world, params WebhookEvent[] events) =>
        world.Get<EventStore>().StoreBatchAsync(events, default);

    private static WebhookEvent Event(PrivacyFixture world, Guid? id, string sid, string status, string? code) => new(
        Guid.CreateVersion7(), world.Tenant, "twilio", WebhookEvent.StatusKind, sid, status,
        code is null ? $$"""{"MessageSid":"{{sid}}"}""" : $$"""{"MessageSid":"{{sid}}","ErrorCode":"{{code}}"}""", DateTimeOffset.UtcNow,
        id, id is null ? null : 1, code);

    private static Task<AppliedStatuses> ApplyAsync(SendingFixture world, StatusReport report) =>
        world.SystemDb.RunAsync(tx => ApplyStatusReports.RunAsync(tx, [report], DateTimeOffset.UtcNow, Random.Shared, default), default);

    private static StatusReport Report(SendingFixture world, Guid id, string status, string? code) =>
        new(world.Tenant, Guid.CreateVersion7(), id, 1, $"SM{id:N}", status, code, DateTimeOffset.UtcNow);
}
