using System.Text;
using Dapper;
using Functions.Tests.Campaigns;
using Functions.Tests.Sending;
using Functions.Tests.Webhooks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Relais.Access;
using Relais.Campaigns;
using Relais.Channels;
using Relais.Contacts.Import;
using Relais.Kit;
using Relais.Platform.Database;
using Relais.Platform.Http;
using Relais.Platform.Queues;
using Relais.Platform.Secrets;
using Relais.Privacy;
using Relais.Privacy.Erasure;
using Relais.Sending;
using Relais.Sending.Pump;
using Relais.Webhooks;

namespace Functions.Tests.Privacy;

/// <summary>Creates a tenant, imports contacts, sends and receives messages, and runs the erasure operations.</summary>
internal sealed class PrivacyFixture : IAsyncDisposable
{
    public const string Phone = "+224621234567";
    public const string Name = "Fatoumata";
    public const string PrivateText = "mon fils est malade";

    private static readonly SecretBox Secrets = new(new Dictionary<string, byte[]> { ["k1"] = new byte[32] }, "k1");
    private readonly ServiceProvider services;
    private readonly string connection;
    private int sids;

    private PrivacyFixture(CampaignFixture campaigns, PostgresFixture postgres, string? storage)
    {
        Campaigns = campaigns;
        connection = postgres.Superuser;
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:App"] = postgres.App,
            ["ConnectionStrings:System"] = postgres.System,
        }).Build();
        services = new ServiceCollection()
            .AddSingleton<IConfiguration>(settings)
            .AddSingleton(TimeProvider.System)
            .AddMetrics()
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Campaigns.Log))
            .AddDatabase()
            .AddSingleton(Secrets)
            .AddSingleton(campaigns.Hash)
            .AddSingleton(new WorkQueues(new StorageOptions { AzureWebJobsStorage = storage }))
            .AddSingleton<IMessageSender>(Provider)
            .AddSingleton<IMessageLookup>(Provider)
            .AddSending()
            .AddSingleton<EventStore>()
            .AddMetrics()
            .AddSingleton<QueueEventProcessing>()
            .AddSingleton(TestWebhookProvider.Create())
            .AddSingleton<ProcessInbound>()
            .AddSingleton<FailedEventMeter>()
            .AddSingleton<ProcessWebhookEvent>()
            .AddSingleton<ImportContacts>()
            .AddSingleton<RedactLateReports>()
            .AddSingleton<ErasePerson>()
            .AddSingleton<GetConsentHistory>()
            .BuildServiceProvider();
    }

    public CampaignFixture Campaigns { get; }

    public FakeProvider Provider { get; } = new();

    public Guid Tenant => Campaigns.TenantId;

    public Caller Owner => new(Tenant, new Actor(ActorKind.Person, "owner", "Owner"), Role.Owner, []);

    public TenantDb Db => services.GetRequiredService<TenantDb>();

    /// <param name="storage">Connection string for the queues; null for tests that send no queue message.</param>
    public static async Task<PrivacyFixture> CreateAsync(PostgresFixture postgres, string? storage = null)
    {
        var world = new PrivacyFixture(await CampaignFixture.CreateAsync(postgres), postgres, storage);
        await world.ExecuteAsync("""
            update provider_accounts set secret = @Secret, secret_key_id = 'k1' where tenant_id = @Tenant;
            update tenants set daily_limit = 100000 where id = @Tenant;
            """, new { world.Tenant, Secret = Secrets.Seal("token", world.Tenant) });
        return world;
    }

    public T Get<T>() where T : notnull => services.GetRequiredService<T>();

    public async Task<Guid> ImportAsync(params string[] phones)
    {
        var file = "téléphone;prénom;quartier\n" + string.Concat(phones.Select(phone => $"{phone};{Name};Kaloum\n"));
        var result = await Get<ImportContacts>().RunAsync(
            Owner, new ImportContacts.Input(new MemoryStream(Encoding.UTF8.GetBytes(file)), "", "clients", false), default);
        return result.Value.Report[0].ContactId!.Value;
    }

    /// <summary>Creates a running campaign to all contacts. No message has been sent yet.</summary>
    public Task<Guid> CampaignAsync() => Campaigns.RunningCampaignAsync(Campaigns.Request() with
    {
        Message1 = new MessageContent { Type = "text", Body = "Bonjour {{first_name}} !" },
    });

    public async Task PumpAsync()
    {
        var lease = await Get<SenderLeases>().TryAcquireAsync(Campaigns.SenderId, default)
            ?? throw new InvalidOperationException("The lease is taken.");
        var (options, inProgress, log) = (new SendingOptions(), new InProgressLimit(128), Campaigns.Log.CreateLogger("pump"));
        var recorder = new OutcomeQueue(
            lease.Sender, Get<RecordOutcomes>(), _ => Task.CompletedTask, () => Task.CompletedTask, inProgress, Get<SendingMetrics>(), 128,
            TimeProvider.System, log);
        var claims = new ClaimWithRetry(lease, Get<ClaimMessages>(), inProgress, Get<SendingMetrics>(), TimeProvider.System, log);
        using var run = new PumpRun(lease, claims, Get<SenderLeases>(), Provider, recorder, inProgress, TimeProvider.System, options, log);
        var result = await run.RunAsync(default);
        await Get<ReleaseSenderLease>().RunAsync(lease, result.RecentSends, claims.Excluded, default);
    }

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
            ["AccountSid"] = $"AC{Tenant}",
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
        foreach (var table in await Campaigns.ListAsync<string>(
                "select c.relname::text from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')"))
        {
            // Other tenants in the same database may have the same person.
            var rows = await Campaigns.ListAsync<string>(
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
        Campaigns.ListAsync<string>("select address from suppressions where tenant_id = @Tenant", new { Tenant });

    public Task<int> ExecuteAsync(string sql, object? parameters = null) => Campaigns.ExecuteAsync(sql, parameters);

    /// <summary>Waits until this number of transactions wait for a lock.</summary>
    public Task WaitForBlockedTransactionsAsync(int count) => Wait.UntilAsync(
        async () =>
            await OneAsync<int>(
                "select count(*)::int from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()") == count,
        what: $"{count} wait for a lock");

    public async Task<T> OneAsync<T>(string sql, object? parameters = null)
    {
        await using var superuser = new NpgsqlConnection(connection);
        return (await superuser.QueryFirstOrDefaultAsync<T>(sql, parameters))!;
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await Campaigns.DisposeAsync();
    }

    private string NewSid() => $"SM{Tenant.ToString("N")[^8..]}{Interlocked.Increment(ref sids):x24}";
}
