using Functions.Tests.Campaigns;
using Microsoft.Extensions.DependencyInjection;
using Relais.Accounts;
using Relais.Channels;
using Relais.Channels.Twilio;
using Relais.Kit;
using Relais.Platform;
using Relais.Platform.Http;
using Relais.Simulators;
using Relais.WhatsAppSenders;

namespace Functions.Tests.WhatsAppSenders;

/// <summary>Creates a tenant with one WhatsApp sender. The operations call the Twilio simulator over HTTP.</summary>
internal sealed class WhatsAppFixture : CampaignFixture
{
    private WhatsAppFixture(PostgresFixture postgres)
        : base(postgres)
    {
    }

    public TwilioSimulator Simulator { get; private set; } = null!;

    public IWhatsAppSenderProvider Provider => Get<IWhatsAppSenderProvider>();

    public IUsageProvider Usage => Get<IUsageProvider>();

    public INumberProvider Numbers => Get<INumberProvider>();

    public ProviderCredentials Account => new(AccountSid, Token);

    public TenantAccounts Accounts => Get<TenantAccounts>();

    public Guid Tenant => TenantId;

    public RouterUrls Targets => Get<RouterUrls>();

    public SyncWhatsAppSenders Sync => Get<SyncWhatsAppSenders>();

    public ListWhatsAppSenders List => Get<ListWhatsAppSenders>();

    public ChangeWhatsAppProfile Profile => Get<ChangeWhatsAppProfile>();

    public RetireWhatsAppSender Retire => Get<RetireWhatsAppSender>();

    public RestoreWhatsAppSender Restore => Get<RestoreWhatsAppSender>();

    public static async Task<WhatsAppFixture> CreateAsync(PostgresFixture postgres, int updateMs = 200, bool registered = true)
    {
        var world = new WhatsAppFixture(postgres);
        await world.InsertTenantAsync();
        await world.InsertSenderAsync("whatsapp");
        world.Simulator = await TwilioSimulator.StartAsync(new TwilioSimulatorOptions
        {
            Accounts = [new SimulatedAccount(world.AccountSid, Token)],
            Senders = registered
                ? [new SimulatedSender($"whatsapp:{SenderNumber}", world.AccountSid) { InboundUrl = "https://old.example/hook?secret=1" }]
                : [],
            SenderUpdateMs = updateMs,
        });
        return world;
    }

    public ConnectWhatsAppSender Connect(int patienceMs = 5_000) =>
        new(Db, Get<FindRegisteredSender>(), Provider, Targets, TimeProvider.System)
        {
            MaxWait = TimeSpan.FromMilliseconds(patienceMs),
            PollInterval = TimeSpan.FromMilliseconds(50),
        };

    public Task<Result<SyncWhatsAppSenders.Output>> SyncAsync() => Sync.RunAsync(Tenant, Owner.Actor, default);

    public async Task<WhatsAppSenderView> SenderAsync() => Assert.Single((await List.RunAsync(Tenant, false, default)).Senders);

    /// <summary>The sender as the simulator stores it.</summary>
    public SimulatedWhatsAppSender SenderAtProvider =>
        Simulator.WhatsAppSenders(AccountSid).Single(sender => sender.SenderId == $"whatsapp:{SenderNumber}");

    public Task<List<string>> AuditAsync() => ListAsync<string>(
        "select concat_ws(' ', action, after ->> 'outcome', after ->> 'code') from audit where tenant_id = @Tenant order by at, id",
        new { Tenant });

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Simulator.DisposeAsync();
    }

    protected override void Replace(IServiceCollection services) => services
        .AddSingleton(TimeProvider.System)
        .AddSingleton(new PublicUrl(new Uri(PublicUrl), new Uri("https://backup.example")))
        .AddSingleton(new TwilioOptions { BaseUrl = Simulator.BaseUrl, CallTimeout = TimeSpan.FromSeconds(5) });
}
