using Functions.Tests.Campaigns;
using Relais.Access;
using Relais.Accounts;
using Relais.Channels;
using Relais.Channels.Twilio;
using Relais.Kit;
using Relais.Platform;
using Relais.Platform.Http;
using Relais.Platform.Secrets;
using Relais.Simulators;
using Relais.WhatsAppSenders;

namespace Functions.Tests.WhatsAppSenders;

/// <summary>Creates a tenant with one WhatsApp sender. The operations call the Twilio simulator over HTTP.</summary>
internal sealed class WhatsAppFixture : IAsyncDisposable
{
    public const string Number = "+224620999999";
    public const string Token = "0123456789abcdef0123456789abcdef";

    private static readonly SecretBox Secrets = new(new Dictionary<string, byte[]> { ["k1"] = new byte[32] }, "k1");
    private readonly TwilioClients clients;

    private WhatsAppFixture(CampaignFixture campaigns, TwilioSimulator simulator)
    {
        (Campaigns, Simulator) = (campaigns, simulator);
        clients = new TwilioClients(new TwilioOptions { BaseUrl = simulator.BaseUrl, CallTimeout = TimeSpan.FromSeconds(5) });
        Provider = new TwilioWhatsAppSenders(clients);
        Account = new ProviderCredentials($"AC{campaigns.TenantId}", Token);
        Accounts = new TenantAccounts(campaigns.Db, Secrets);
    }

    public CampaignFixture Campaigns { get; }

    public TwilioSimulator Simulator { get; }

    public IWhatsAppSenderProvider Provider { get; }

    public IUsageProvider Usage => new TwilioUsage(clients);

    public INumberProvider Numbers => new TwilioNumbers(clients);

    public ProviderCredentials Account { get; }

    public TenantAccounts Accounts { get; }

    public Guid Tenant => Campaigns.TenantId;

    public Caller Owner => Campaigns.Caller with { Role = Role.Owner };

    public RouterUrls Targets { get; } = new(new PublicUrl(new Uri("https://relais.example"), new Uri("https://backup.example")));

    public SyncWhatsAppSenders Sync => new(Campaigns.Db, Accounts, Provider, Targets, TimeProvider.System);

    public ListWhatsAppSenders List => new(Campaigns.Db);

    public ChangeWhatsAppProfile Profile =>
        new(Campaigns.Db, new FindRegisteredSender(Campaigns.Db, Accounts, Provider), Provider, Targets, TimeProvider.System);

    public RetireWhatsAppSender Retire => new(Campaigns.Db, TimeProvider.System);

    public RestoreWhatsAppSender Restore => new(Campaigns.Db, Accounts, Provider, TimeProvider.System);

    public static async Task<WhatsAppFixture> CreateAsync(PostgresFixture postgres, int updateMs = 200, bool registered = true)
    {
        var campaigns = await CampaignFixture.CreateAsync(postgres);
        var account = $"AC{campaigns.TenantId}";
        await campaigns.ExecuteAsync(
            "update provider_accounts set secret = @Secret, secret_key_id = 'k1' where tenant_id = @TenantId",
            new { campaigns.TenantId, Secret = Secrets.Seal(Token, campaigns.TenantId) });
        var simulator = await TwilioSimulator.StartAsync(new TwilioSimulatorOptions
        {
            Accounts = [new SimulatedAccount(account, Token)],
            Senders = registered
                ? [new SimulatedSender($"whatsapp:{Number}", account) { InboundUrl = "https://old.example/hook?secret=1" }]
                : [],
            SenderUpdateMs = updateMs,
        });
        return new WhatsAppFixture(campaigns, simulator);
    }

    public ConnectWhatsAppSender Connect(int patienceMs = 5_000) =>
        new(Campaigns.Db, new FindRegisteredSender(Campaigns.Db, Accounts, Provider), Provider, Targets, TimeProvider.System)
        {
            MaxWait = TimeSpan.FromMilliseconds(patienceMs),
            PollInterval = TimeSpan.FromMilliseconds(50),
        };

    public Task<Result<SyncWhatsAppSenders.Output>> SyncAsync() => Sync.RunAsync(Tenant, Owner.Actor, default);

    public async Task<WhatsAppSenderView> SenderAsync() => Assert.Single((await List.RunAsync(Tenant, false, default)).Senders);

    /// <summary>The sender as the simulator stores it.</summary>
    public SimulatedWhatsAppSender SenderAtProvider =>
        Simulator.WhatsAppSenders($"AC{Tenant}").Single(sender => sender.SenderId == $"whatsapp:{Number}");

    public Task<List<string>> AuditAsync() => Campaigns.ListAsync<string>(
        "select concat_ws(' ', action, after ->> 'outcome', after ->> 'code') from audit where tenant_id = @Tenant order by at, id",
        new { Tenant });

    public async ValueTask DisposeAsync()
    {
        clients.Dispose();
        await Simulator.DisposeAsync();
        await Campaigns.DisposeAsync();
    }
}
