using Functions.Tests.Campaigns;
using Relais.Campaigns;
using Relais.Channels;
using Relais.Kit;
using Relais.Platform.Http;
using Relais.Privacy.Erasure;
using Relais.Webhooks;

namespace Functions.Tests.Webhooks;

/// <summary>Creates a tenant with a campaign that was delivered to one contact, and processes inbound messages.</summary>
internal sealed class InboundFixture : CampaignFixture
{
    public const string ContactNumber = "+224620000001";
    private static int sids;

    private InboundFixture(PostgresFixture postgres)
        : base(postgres)
    {
    }

    public Guid CampaignId { get; private set; }

    public ProcessWebhookEvent Process => Get<ProcessWebhookEvent>();

    public SweepWebhooks Sweep => Get<SweepWebhooks>();

    public static async Task<InboundFixture> CreateAsync(PostgresFixture postgres, string channel = "sms")
    {
        var world = new InboundFixture(postgres);
        await world.InsertTenantAsync();
        await world.InsertSenderAsync(channel);
        await world.AddContactsAsync(1, 1);
        world.CampaignId = await world.RunningCampaignAsync(
            world.Request() with { Message2 = new MessageContent { Type = "text", Body = "Merci !" } });
        await world.MarkAsync(world.CampaignId, "delivered", FixedClock.Start);
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        return world;
    }

    /// <summary>The parameters of an SMS from the contact. The given values replace or extend the defaults.</summary>
    public Dictionary<string, string> Fields(params (string Name, string Value)[] other)
    {
        var fields = new Dictionary<string, string>
        {
            ["AccountSid"] = AccountSid,
            ["From"] = ContactNumber,
            ["To"] = SenderNumber,
            ["Body"] = "Bonjour",
            ["NumMedia"] = "0",
            ["NumSegments"] = "1",
            ["SmsStatus"] = "received",
        };
        foreach (var (name, value) in other)
        {
            fields[name] = value;
        }

        return fields;
    }

    /// <returns>The id of the stored event.</returns>
    public async Task<Guid> StoreAsync(Dictionary<string, string> fields)
    {
        var received = Inbound(fields);
        await Get<EventStore>().StoreBatchAsync([received], default);
        return received.Id;
    }

    /// <summary>Stores an event without its effect, as the app does when the effect failed.</summary>
    public async Task<Guid> StoreUnprocessedAsync(Dictionary<string, string> fields)
    {
        var received = Inbound(fields);
        await Get<EventStore>().StoreUnprocessedAsync(received, "TimeoutException", default);
        return received.Id;
    }

    /// <summary>Stores and processes an event, and returns its id.</summary>
    public async Task<Guid> StoreAndProcessAsync(Dictionary<string, string> fields)
    {
        var id = await StoreAsync(fields);
        await Process.RunAsync(id, default);
        return id;
    }

    public async Task EraseAsync(string address)
    {
        var erased = await Get<ErasePerson>().RunAsync(Caller, new ErasureRequest(null, address), default);
        Assert.Null(erased.Failure);
    }

    public Task<(string State, string? Reason)> StateAsync(Guid id) =>
        OneAsync<(string, string?)>("select state, last_error from webhook_events where id = @id", new { id });

    public Task<List<string>> SuppressedAsync() =>
        ListAsync<string>(
            "select address from suppressions where tenant_id = @TenantId order by address", new { TenantId });

    public Task<List<string>> ConsentHistoryAsync() =>
        ListAsync<string>(
            "select kind || ' ' || source from consents where tenant_id = @TenantId order by at, id", new { TenantId });

    public Task<List<string>> IdentitiesAsync() => ListAsync<string>(
        "select kind || ' ' || value from contact_identities where tenant_id = @TenantId and value <> @TheirNumber order by 1",
        new { TenantId, TheirNumber = ContactNumber });

    /// <summary>Counts the messages to the contact, without the first message of the campaign.</summary>
    public Task<int> FollowUpCountAsync() => OneAsync<int>(
        "select count(*)::int from messages where tenant_id = @TenantId and direction = 'out' and step <> 1", new { TenantId });

    private WebhookEvent Inbound(Dictionary<string, string> fields)
    {
        var now = Clock.GetUtcNow();
        fields.TryAdd("MessageSid", $"SMinbound{Interlocked.Increment(ref sids):d23}");
        return new WebhookEvent(
            Guid.CreateVersion7(now), TenantId, "twilio", WebhookEvent.InboundKind, fields["MessageSid"], "", Json.Write(fields),
            now);
    }
}
