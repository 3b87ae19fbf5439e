using System.Globalization;
using Dapper;
using Npgsql;
using Relais.DevHost.Demo;
using Relais.Kit;
using Relais.Simulators;
using Xunit.Abstractions;

namespace EndToEnd.Tests.MixedLoad;

/// <summary>
/// Runs a campaign at 100 messages a second against a provider that refuses some requests, with status callbacks in disorder and inbound
/// messages with replies and opt-outs. The load lasts 10 seconds, or RELAIS_MIXED_LOAD_SECONDS seconds. RELAIS_MIXED_LOAD_SEED repeats the
/// choices of a run.
/// </summary>
[Collection(ExclusiveCollection.Name)]
public sealed class MixedLoadTests(PostgresFixture postgres, AzuriteFixture storage, ITestOutputHelper output)
    : IClassFixture<PostgresFixture>, IClassFixture<AzuriteFixture>
{
    private const int Rate = 100;
    private const int Workers = 4;
    private const string SmsSender = "+224629000001";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(120);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    // The provider is asked after 30 seconds, by a sweep that runs each minute. The queries themselves take the rest.
    private static readonly TimeSpan Settlement = TimeSpan.FromSeconds(30 + 60 + 30);

    private static readonly int Seconds = Number("RELAIS_MIXED_LOAD_SECONDS") ?? 10;

    private const string InsertSmsSender = """
        insert into senders (id, tenant_id, account_id, channel, address)
        select gen_random_uuid(), tenant_id, account_id, 'sms', @SmsSender from senders where id = @SenderId
        """;

    // A retry waits a minute or more. This makes it due, and the sweep requeues it, so the end of the test need not wait.
    private const string MakeRetriesDue = "update messages set due_at = due_at - interval '1 hour' where status = 'retry'";

    private const string CountOpen = "select count(*)::int from messages where status in ('pending', 'retry', 'claimed', 'unknown')";

    private const string SelectRecordedStops = """
        select m.provider_sid from consents c join messages m on m.id = c.message_id where c.kind = 'opt_out' and m.direction = 'in'
        """;

    private const string SelectLastClaim = "select max(claimed_at) from messages where direction = 'out' and contact_address = @Address";

    [Fact]
    public async Task Mixed_load_keeps_every_opt_out_returns_no_5xx_and_matches_the_totals_of_the_provider()
    {
        var seed = Number("RELAIS_MIXED_LOAD_SEED") ?? Random.Shared.Next();
        output.WriteLine($"seed {seed}, {Seconds} s");
        var random = new Random(seed);
        var (recipients, consents) = (new RecipientSet(Rate * Seconds, random), new AcknowledgedConsents());
        await using var system = await StartAsync(seed);
        using var api = new RelaisApi(system.App.Url, system.ApiKey);
        using var webhooks = new SignedWebhookClient(system);
        foreach (var (contact, outcome) in recipients.Unusual)
        {
            system.Simulator.SetOutcome($"whatsapp:{contact}", outcome);
        }

        var campaign = await system.StartCampaignAsync(recipients.All);
        await Wait.UntilAsync(() => system.Simulator.Accepted > 0);
        var before = Requests(system);
        await LoadAsync(new InboundTraffic(system, webhooks, recipients, consents, SmsSender), random);
        output.WriteLine(
            $"after the load: {(double)(Requests(system) - before) / Seconds:F1} requests to send a second, {system.Simulator.Accepted} " +
            $"accepted, {consents.Words.Count} words, {consents.Inbound.Count} inbound");
        system.Simulator.Faults = new FaultSettings();
        await WaitForEndAsync(system);

        var report = await ReportAsync(system, api, campaign);
        output.WriteLine(report.App.ToString());
        AssertNo5xx(system, webhooks);
        await AssertUnknownSettledAsync(system);
        await AssertConsentAsync(system, consents);
        await AssertInboxAsync(system, consents);
        Assert.Empty(report.Differences);
        Assert.Equal(recipients.All.Count, report.App.Planned);
        Assert.Equal((0, 0), (report.SentTwice, report.WindowsBroken));
    }

    private static int Requests(RelaisSystem system) => system.Simulator.Accepted + system.Simulator.Report().RefusedByCode.Values.Sum();

    private async Task<RelaisSystem> StartAsync(int seed)
    {
        var system = await RelaisSystem.StartAsync(postgres, storage, new RelaisSystemOptions
        {
            Rate = Rate,
            EnforceWindow = false,
            Watched = false,
            Simulator = new TwilioSimulatorOptions
            {
                Seed = seed,
                Delivery = new DeliverySettings { SentMs = 100, DeliveredMs = 300, ReadMs = 500, ReadShare = 0.7, SendingCallbacks = true },
                Faults = new FaultSettings
                {
                    LatencyMs = 20,
                    LatencyJitterMs = 60,
                    TooManyRequests = 0.05,
                    ServerError = 0.05,
                    CutAfter = 0.005,
                    CutBefore = 0.005,
                    DuplicateCallback = 0.1,
                    ShuffleCallback = 0.2,
                    EarlyCallback = 0.05,
                    LateCallback = 0.1,
                    LateByMs = 3_000,
                },
            },
        });
        await system.Database.ExecuteAsync(InsertSmsSender, new { SmsSender, RelaisSystem.SenderId });
        await UnknownOutcomeDurations.InstallAsync(system.Database);
        return system;
    }

    private static async Task LoadAsync(InboundTraffic traffic, Random random)
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(Seconds));
        var seeds = Enumerable.Range(0, Workers).Select(_ => random.Next()).ToList();
        await Task.WhenAll(
            seeds.Select((seed, worker) => Task.Run(() => traffic.RunAsync(3 + worker, new Random(seed), Pause, stop.Token))));
    }

    /// <summary>
    /// Waits until each message is final or delivered. Each start of the app runs the sweep, so no retry has to wait for its minute.
    /// </summary>
    private static async Task WaitForEndAsync(RelaisSystem system)
    {
        var since = TimeProvider.System.GetTimestamp();
        do
        {
            Assert.True(TimeProvider.System.GetElapsedTime(since) < Limit, "The campaign did not end.");
            await system.Database.ExecuteAsync(MakeRetriesDue);
            await system.App.StopAsync();
            await system.App.StartAgainAsync();
            await Wait.UntilAsync(
                async () =>
                    await system.Database.OneAsync<int>("select count(*)::int from messages where status in ('pending', 'claimed')") == 0,
                Limit);

            // A status report that arrives now may requeue its message once more.
            await Wait.UntilAsync(() => system.Simulator.IsIdle, Limit);
            await Task.Delay(TimeSpan.FromSeconds(2));
        }
        while (await system.Database.OneAsync<int>(CountOpen) > 0);
    }

    private static async Task<DemoReport> ReportAsync(RelaisSystem system, RelaisApi api, Guid campaign)
    {
        DemoReport? report = null;
        var since = TimeProvider.System.GetTimestamp();
        while (report is null || (!report.IsEqual && TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(20)))
        {
            var counts = (await api.GetAsync(campaign, CancellationToken.None)).Progress;
            var ids = await CampaignMessages.ReadAsync(system.Database.System, campaign, CancellationToken.None);
            report = DemoReport.Create(counts, ids, system.Simulator, RelaisSystem.SenderAddress, Rate);
            await Task.Delay(200);
        }

        return report;
    }

    private void AssertNo5xx(RelaisSystem system, SignedWebhookClient webhooks)
    {
        var callbacks = system.Simulator.Report().CallbackAnswers;
        output.WriteLine($"callbacks {string.Join(", ", callbacks)}; inbound {string.Join(", ", webhooks.Answers)}");
        Assert.Equal(["200"], callbacks.Keys);
        Assert.All(webhooks.Answers.Keys, status => Assert.Contains(status, (int[])[200, 403, 429]));
    }

    private async Task AssertUnknownSettledAsync(RelaisSystem system)
    {
        var (count, longest) = await UnknownOutcomeDurations.ReadAsync(system.Database);
        output.WriteLine($"{count} unknown, the longest {longest:F1} s");
        Assert.True(count > 0, "No message was of unknown outcome.");
        Assert.InRange(longest, 0, Settlement.TotalSeconds);
    }

    private async Task AssertConsentAsync(RelaisSystem system, AcknowledgedConsents consents)
    {
        await Wait.UntilAsync(
            async () => await system.Database.OneAsync<int>("select count(*)::int from webhook_events where state = 'pending'") == 0);
        await using var connection = new NpgsqlConnection(system.Database.Superuser);
        var recorded = (await connection.QueryAsync<string>(SelectRecordedStops)).Order(StringComparer.Ordinal);
        Assert.Equal(consents.Words.Where(word => word.IsStop).Select(word => word.Sid).Order(StringComparer.Ordinal), recorded);

        var suppressed = (await connection.QueryAsync<(string, string)>(
            "select channel, address from suppressions where source in ('keyword', 'provider')")).Order();
        var last = consents.LastWords;
        Assert.Equal(last.Where(word => word.IsStop).Select(word => (word.Channel, word.Address)).Order(), suppressed);
        foreach (var word in last.Where(word => word is { IsStop: true, Channel: "whatsapp" }))
        {
            var claimed = await connection.ExecuteScalarAsync<DateTime?>(SelectLastClaim, new { word.Address });
            Assert.False(
                claimed > word.AnsweredAt.UtcDateTime,
                $"A message was claimed {claimed - word.AnsweredAt.UtcDateTime} after the opt-out of its recipient was answered.");
        }
    }

    private static async Task AssertInboxAsync(RelaisSystem system, AcknowledgedConsents consents)
    {
        await using var connection = new NpgsqlConnection(system.Database.Superuser);
        var inbox = await connection.QueryAsync<string>(
            "select provider_sid from messages where direction = 'in' order by provider_sid collate \"C\"");
        Assert.Equal(consents.Inbound.Order(StringComparer.Ordinal), inbox);
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}
