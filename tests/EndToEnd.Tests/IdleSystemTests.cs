using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Azure.Storage.Queues;
using Relais.DevHost.Seed;
using Relais.Kit;
using Relais.Kit.Leaks;
using Relais.Simulators;

namespace EndToEnd.Tests;

/// <summary>
/// A system without work must wake, write and queue nothing. <see cref="AssertIdle"/> bounds the only exception: an open campaign checks
/// whether it can continue, less and less often, through the queues of its orchestration.
/// </summary>
[Collection(ExclusiveCollection.Name)]
public sealed partial class IdleSystemTests(PostgresFixture postgres, AzuriteFixture azurite)
    : IClassFixture<PostgresFixture>, IClassFixture<AzuriteFixture>
{
    // Long enough for each timer of every minute to fire once.
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(65);

    // Checks follow 2, 4, 8, 16, 32 and 60 seconds after the last change: no campaign checks more often while nothing changes.
    private const int MaxChecks = 6;

    private static readonly string[] WorkQueues = ["wake-sender", "resolve-unknown-outcomes", "process-webhook"];

    private const string InsertSender = """
        insert into senders (id, tenant_id, account_id, channel, address, pace_units, pace_window_ms)
        select @Id, tenant_id, account_id, 'sms', @Address, 2, 1000 from senders where id = @SenderId
        """;

    [Fact]
    public async Task FieldTrial_F03_An_idle_system_queues_and_writes_nothing()
    {
        await using var system = await RelaisSystem.StartAsync(postgres, azurite, RelaisSystemOptions.SwiftSms());

        var writes = await DatabaseWrites.InstallAsync(system.Database);
        await BuyNumberAsync(system);
        await FinishCampaignAsync(system);
        var paused = await PauseCampaignAsync(system);
        await StartCampaignOfParkedSenderAsync(system);
        await StartCampaignOutsideItsHoursAsync(system);
        await UseUpDailyLimitAsync(system);
        await WaitUntilSettledAsync(system);

        await writes.StartAsync();
        var (epochs, queued) = (await EpochsAsync(system), system.QueueMessages.Count);
        await Task.Delay(Watched);
        var (recorded, onlyLocked) = await writes.StopAsync();

        Assert.Equal(epochs, await EpochsAsync(system));
        Assert.Empty(recorded.Select(write => write.ToString()).Take(20));
        AssertIdle([.. system.QueueMessages.Skip(queued)]);
        Assert.Equal(0, onlyLocked);

        // The same triggers record the writes of the work that follows, so the silence before was real.
        await writes.StartAsync();
        await AssertAliveAsync(system, paused);
        Assert.Contains((await writes.StopAsync()).Writes, write => write is { Schema: "public", Table: "messages" });
    }

    private static void AssertIdle(IReadOnlyList<QueuedMessage> queued)
    {
        var engine = queued.Where(message => message.Queue.StartsWith("relaishub-", StringComparison.Ordinal)).ToList();
        Assert.Empty(queued.Except(engine).CountBy(message => message.Queue));

        var started = engine.Where(message => message.Queue == "relaishub-workitems").ToList();
        Assert.All(started, message => Assert.Contains("\"Name\":\"ReadProgress\"", message.Text, StringComparison.Ordinal));
        Assert.All(
            started.CountBy(message => Instance().Match(message.Text).Groups[1].Value),
            checks => Assert.InRange(checks.Value, 1, MaxChecks));
        // Each check also queues its result and the timer of the next check.
        Assert.InRange(engine.Count, started.Count, 3 * started.Count);
    }

    private static async Task BuyNumberAsync(RelaisSystem system)
    {
        using var found = await system.Api.PostAsJsonAsync("/api/search-twilio-numbers", new { areaCode = "418", country = "CA" });
        var number = JsonSerializer.Deserialize<JsonElement>(await found.Content.ReadAsStringAsync()).GetProperty("numbers")[0]
            .GetProperty("phoneNumber").GetString();
        using var bought = await system.Api.PostAsJsonAsync(
            "/api/purchase-twilio-number", new { phone_number = number, request_token = "idle" });
        Assert.True(bought.IsSuccessStatusCode, await bought.Content.ReadAsStringAsync());
    }

    private static async Task FinishCampaignAsync(RelaisSystem system)
    {
        var campaign = await system.StartCampaignAsync(CampaignSteps.Contacts(10));
        await system.WaitForEndAsync(campaign, TimeSpan.FromMinutes(2));
    }

    /// <summary>
    /// Pauses a campaign after some messages were sent. One recipient replied after the pause, so a Message 2 waits in the sender's stream.
    /// </summary>
    private static async Task<Guid> PauseCampaignAsync(RelaisSystem system)
    {
        const string Address = "+224620000101";
        var sender = await AddSenderAsync(system, Address);
        var contacts = CampaignSteps.Contacts(60, 100).ToList();
        var campaign = await CampaignSteps.StartCampaignAsync(system.Api, sender, contacts, message2: true);
        await Wait.UntilAsync(() => system.Simulator.Messages(contacts[0]).Any(message => message.Status == "delivered"));
        await system.ControlAsync(campaign, "pause");
        var reply = await system.Simulator.ReceiveAsync(new InboundMessage(contacts[0], Address, "Oui, merci"));
        Assert.Equal(200, reply.WebhookStatus);
        await Wait.UntilAsync(async () => await system.Database.OneAsync<string>(
            "select wait_reason from messages where campaign_id = @campaign and step = 2", new { campaign }) == "paused");
        return campaign;
    }

    private static async Task StartCampaignOfParkedSenderAsync(RelaisSystem system)
    {
        var sender = await AddSenderAsync(system, "+224620000102");
        await CampaignSteps.StartCampaignAsync(system.Api, sender, CampaignSteps.Contacts(60, 200));
        await Wait.UntilAsync(async () =>
            await system.Database.OneAsync<int>(
                "select count(*)::int from messages where sender_id = @sender and claimed_at is not null", new { sender }) > 0);
        await system.Database.ExecuteAsync(
            "update senders set parked_until = now() + interval '1 hour', parked_reason = '63018' where id = @sender", new { sender });
    }

    private static async Task StartCampaignOutsideItsHoursAsync(RelaisSystem system)
    {
        var sender = await AddSenderAsync(system, "+224620000103");
        var now = TimeOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        var campaign = await CampaignSteps.StartCampaignAsync(
            system.Api, sender, CampaignSteps.Contacts(20, 300), hours: (now.AddHours(6), now.AddHours(7)));
        await Wait.UntilAsync(async () => (await system.CampaignAsync(campaign)).Status == "running");
    }

    private static async Task UseUpDailyLimitAsync(RelaisSystem system)
    {
        var clinic = DemoTenant.Clinic;
        await system.Database.ExecuteAsync("update tenants set daily_limit = 3 where id = @Id", new { clinic.Id });
        using var api = system.CreateApi(clinic);
        await CampaignSteps.StartCampaignAsync(api, clinic.SenderId, CampaignSteps.Contacts(20, 400));
        await Wait.UntilAsync(async () =>
            await system.Database.OneAsync<int>(
                "select coalesce(sum(attempts), 0)::int from tenant_pace_buckets where tenant_id = @Id", new { clinic.Id }) == 3);
    }

    private static async Task<Guid> AddSenderAsync(RelaisSystem system, string address)
    {
        var id = Guid.CreateVersion7();
        await system.Database.ExecuteAsync(InsertSender, new { Id = id, Address = address, RelaisSystem.SenderId });
        system.Simulator.Add(
            new SimulatedSender(address, RelaisSystem.AccountSid)
            {
                InboundUrl = new Uri(system.PublicUrl, "/api/webhook-router").ToString(),
            });
        return id;
    }

    private static async Task WaitUntilSettledAsync(RelaisSystem system)
    {
        await Wait.UntilAsync(() => system.Simulator.IsIdle);
        await Wait.UntilAsync(async () => await system.Database.OneAsync<bool>("""
            select not exists (select from messages where direction = 'out' and status not in ('pending', 'delivered'))
              and not exists (select from webhook_events where state = 'pending')
              and not exists (select from sender_leases where lease_until is not null)
            """));
        // A wake message may be queued with a delay of up to a minute. The count includes messages that are not visible yet.
        foreach (var name in WorkQueues)
        {
            var queue = new QueueClient(system.StorageAccount, name);
            await queue.CreateIfNotExistsAsync();
            await Wait.UntilAsync(
                async () => (await queue.GetPropertiesAsync()).Value.ApproximateMessagesCount == 0, TimeSpan.FromMinutes(2), name);
        }

        // The last step of a pump, an orchestration or a purchase may still write.
        await Task.Delay(TimeSpan.FromSeconds(5));
    }

    private static async Task<string?> EpochsAsync(RelaisSystem system) =>
        await system.Database.OneAsync<string>("select string_agg(sender_id || ':' || epoch, ' ' order by sender_id) from sender_leases");

    /// <summary>The system still works: it was idle, not dead.</summary>
    private static async Task AssertAliveAsync(RelaisSystem system, Guid paused)
    {
        await system.ControlAsync(paused, "resume");
        await Wait.UntilAsync(
            () => system.Simulator.Messages().Any(message => message.Body.StartsWith("Merci", StringComparison.Ordinal)),
            TimeSpan.FromSeconds(20));
        await system.ControlAsync(paused, "cancel");
    }

    [GeneratedRegex("\"InstanceId\":\"([^\"]+)\"")]
    private static partial Regex Instance();
}
