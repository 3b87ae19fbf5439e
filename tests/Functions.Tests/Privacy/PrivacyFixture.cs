using System.Text;
using Functions.Tests.Campaigns;
using Functions.Tests.Sending;
using Microsoft.Extensions.DependencyInjection;
using Relais.Campaigns;
using Relais.Channels;
using Relais.Contacts.Import;
using Relais.Kit;
using Relais.Platform.Http;
using Relais.Platform.Queues;
using Relais.Privacy.Erasure;
using Relais.Webhooks;

namespace Functions.Tests.Privacy;

/// <summary>
/// Creates a tenant, imports contacts, sends and receives messages, and runs the erasure operations. The services use the time of the
/// machine, like the database.
/// </summary>
internal sealed class PrivacyFixture : CampaignFixture
{
    public const string Phone = "+224621234567";
    public const string Name = "Fatoumata";
    public const string PrivateText = "mon fils est malade";

    private readonly string? storage;
    private int sids;

    private PrivacyFixture(PostgresFixture postgres, string? storage)
        : base(postgres) => this.storage = storage;

    public FakeProvider Provider { get; } = new();

    public Guid Tenant => TenantId;

    /// <param name="postgres">The database server.</param>
    /// <param name="storage">Connection string for the queues; null for tests that send no queue message.</param>
    public static async Task<PrivacyFixture> CreateAsync(PostgresFixture postgres, string? storage = null)
    {
        var world = new PrivacyFixture(postgres, storage);
        await world.InsertTenantAsync();
        await world.InsertSenderAsync("whatsapp");
        return world;
    }

    public async Task<Guid> ImportAsync(params string[] phones)
    {
        var file = "téléphone;prénom;quartier\n" + string.Concat(phones.Select(phone => $"{phone};{Name};Kaloum\n"));
        var result = await Get<ImportContacts>().RunAsync(
            Owner, new ImportContacts.Input(new MemoryStream(Encoding.UTF8.GetBytes(file)), "", "clients", false), default);
        return result.Value.Report[0].ContactId!.Value;
    }

    /// <summary>Creates a running campaign to all contacts. No message has been sent yet.</summary>
    public Task<Guid> CampaignAsync() => RunningCampaignAsync(Request() with
    {
        Message1 = new MessageContent { Type = "text", Body = "Bonjour {{first_name}} !" },
    });

    public Task PumpAsync() => PumpOnce.RunAsync(this);

    public Task<Dictionary<Guid, StoreResult>> ReportStatusAsync(
        Guid message, string status, string? errorCode = null, string phone = Phone, int attempt = 1, string? sid = null) =>
        ReportStatusAsync(message, status, errorCode, phone, attempt, sid, null);

    public async Task<Dictionary<Guid, StoreResult>> ReportStatusAsync(
        Guid? message, string status, string? errorCode, string phone, int attempt, string? sid, Guid? id)
    {
        sid ??= await OneAsync<string?>("select provider_sid from messages where id = @message", new { message }) ?? NewSid();
        var payload = Json.Write(new Dictionary<string, string?>
        {
            ["MessageSid"] = sid,
            ["MessageStatus"] = status,
            ["To"] = $"whatsapp:{phone}",
            ["From"] = "whatsapp:+224620999999",
            ["ErrorCode"] = errorCode,
        });
        return await Get<EventStore>().StoreBatchAsync([new WebhookEvent(
            id ?? Guid.CreateVersion7(), Tenant, "twilio", WebhookEvent.StatusKind, sid, status, payload, DateTimeOffset.UtcNow, message,
            message is null ? null : attempt, errorCode)], default);
    }

    /// <summary>Stores an inbound event without processing it, and returns its id.</summary>
    public async Task<Guid> ReceiveAsync(
        string text, string phone = Phone, string kind = WebhookEvent.InboundKind, string? sid = null, string segments = "1",
        string? userId = null)
    {
        sid ??= NewSid();
        var payload = Json.Write(new Dictionary<string, string>
        {
            ["NumSegments"] = segments,
            ["MessageSid"] = sid,
            ["AccountSid"] = AccountSid,
            ["From"] = $"whatsapp:{phone}",
            ["WaId"] = phone[1..],
            ["To"] = "whatsapp:+224620999999",
            ["Body"] = text,
            ["ProfileName"] = Name,
            ["NumMedia"] = "1",
            ["MediaUrl0"] = $"https://media.example/{phone[1..]}",
            ["ExternalUserId"] = userId is null ? "" : $"whatsapp:{userId}",
        });
        var id = Guid.CreateVersion7();
        var received = new WebhookEvent(id, Tenant, "twilio", kind, sid, "", payload, DateTimeOffset.UtcNow);
        await Get<EventStore>().StoreBatchAsync([received], default);
        return id;
    }

    /// <summary>Stores an inbound message and processes it.</summary>
    public async Task ReceiveAndProcessAsync(string text, string phone = Phone, string? userId = null)
    {
        var id = await ReceiveAsync(text, phone, userId: userId);
        await Get<ProcessWebhookEvent>().RunAsync(id, default);
        Assert.Equal("done", await OneAsync<string>("select state from webhook_events where id = @id", new { id }));
    }

    public async Task<ErasureCounts> EraseAsync(Guid contact) =>
        (await Get<ErasePerson>().RunAsync(Owner, new ErasureRequest(contact, null), default)).Value;

    public async Task<ErasureCounts> EraseAsync(string address) =>
        (await Get<ErasePerson>().RunAsync(Owner, new ErasureRequest(null, address), default)).Value;

    /// <summary>Returns every row of this tenant, in any table, that contains the text.</summary>
    public async Task<List<string>> FindAnywhereAsync(string text)
    {
        var found = new List<string>();
        foreach (var table in await ListAsync<string>(
                "select c.relname::text from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')"))
        {
            // Other tenants in the same database may have the same person.
            var rows = await ListAsync<string>(
                $"""
                select t::text from {table} t
                  where strpos(t::text, @text) > 0 and coalesce(to_jsonb(t) ->> 'tenant_id', @Tenant::text) = @Tenant::text
                """,
                new { text, Tenant });
            found.AddRange(rows.Select(row => $"{table}: {row}"));
        }

        return found;
    }

    public Task<Guid> MessageAsync(Guid campaign, string phone = Phone) =>
        OneAsync<Guid>("select id from messages where campaign_id = @campaign and contact_address = @phone", new { campaign, phone });

    public Task<List<string>> SuppressedAsync() =>
        ListAsync<string>("select address from suppressions where tenant_id = @Tenant", new { Tenant });

    /// <summary>Waits until this number of transactions wait for a lock.</summary>
    public Task WaitForBlockedTransactionsAsync(int count) => Wait.UntilAsync(
        async () =>
            await OneAsync<int>(
                "select count(*)::int from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()") == count,
        what: $"{count} wait for a lock");

    protected override void Replace(IServiceCollection services) => services
        .AddSingleton(TimeProvider.System)
        .AddSingleton(new WorkQueues(new StorageOptions { AzureWebJobsStorage = storage }))
        .AddSingleton<IMessageSender>(Provider)
        .AddSingleton<IMessageLookup>(Provider);

    private string NewSid() => $"SM{Tenant.ToString("N")[^8..]}{Interlocked.Increment(ref sids):x24}";
}
