using Relais.Campaigns;
using Relais.Campaigns.Run;
using Relais.Kit;
using Relais.Platform.Http;

namespace Functions.Tests.Campaigns;

/// <summary>Creates a new tenant with a sender, and gives access to the operations on its campaigns.</summary>
internal class CampaignFixture : TenantFixture
{
    protected CampaignFixture(PostgresFixture postgres, DateTimeOffset? start = null)
        : base(postgres.Database, start)
    {
    }

    public CampaignOrchestrations Runs => Get<CampaignOrchestrations>();

    public FreezeRecipients Freeze => Get<FreezeRecipients>();

    public static async Task<CampaignFixture> CreateAsync(PostgresFixture postgres, string channel = "whatsapp", string country = "GN")
    {
        var world = new CampaignFixture(postgres);
        await world.InsertTenantAsync(country);
        await world.InsertSenderAsync(channel);
        return world;
    }

    public static CampaignRequest Request(Guid senderId) => new()
    {
        Name = "Rentrée",
        SenderId = senderId,
        Audience = new Audience { Tags = ["clients"] },
        Message1 = new MessageContent { Type = "text", Body = "Bonjour {{first_name|cher client}} !" },
    };

    public CampaignRequest Request() => Request(SenderId);

    /// <summary>
    /// Adds the contacts with the numbers <paramref name="from"/> to <paramref name="to"/>, both included, with one tag. Their ids
    /// are in the order of the numbers.
    /// </summary>
    public Task AddContactsAsync(int from, int to, string tag = "clients", string firstName = "Awa") => ExecuteAsync("""
        insert into contacts (id, tenant_id, first_name, tags, fields)
        select ('01900000-0003-7000-8' || lpad(to_hex(@Salt), 3, '0') || '-' || lpad(to_hex(n), 12, '0'))::uuid,
          @TenantId, @FirstName, array[@Tag], '{"quartier": "Kaloum"}'
        from generate_series(@From, @To) n;
        insert into contact_identities (tenant_id, kind, value, contact_id)
        select @TenantId, 'phone', '+224620' || lpad(n::text, 6, '0'),
          ('01900000-0003-7000-8' || lpad(to_hex(@Salt), 3, '0') || '-' || lpad(to_hex(n), 12, '0'))::uuid
        from generate_series(@From, @To) n;
        """, new { TenantId, FirstName = firstName, Tag = tag, From = from, To = to, Salt = Salt() });

    public Guid Contact(int number) => Guid.Parse($"01900000-0003-7000-8{Salt():x3}-{number:x12}");

    public async Task<Guid> CreateCampaignAsync(CampaignRequest? request = null)
    {
        var created = await Get<CreateCampaign>().RunAsync(Caller, request ?? Request(), default);
        return created.Match(campaign => campaign.Id, failure => throw new InvalidOperationException(Json.Write(failure.Faults)));
    }

    public async Task<Guid> StartCampaignAsync(CampaignRequest? request = null)
    {
        var id = await CreateCampaignAsync(request);
        Assert.Equal("starting", (await Get<StartCampaign>().RunAsync(Caller, id, Durable, default)).Value.Status);
        return id;
    }

    /// <summary>Creates and starts a campaign, and freezes its recipients until it is running.</summary>
    public async Task<Guid> RunningCampaignAsync(CampaignRequest? request = null)
    {
        var id = await StartCampaignAsync(request);
        await FreezeAllAsync(id, 1_000);
        return id;
    }

    public async Task FreezeAllAsync(Guid id, int pageSize)
    {
        Guid? after = null;
        while (await StatusAsync(id) == "starting")
        {
            after = (await Db.RunAsync(
                TenantId, tx => Freeze.FreezeAsync(tx, new FreezeRecipients.Input(Run(id), after), pageSize, default), default)).After;
        }
    }

    public CampaignIds Run(Guid id) => new(TenantId, id);

    public Task<string> StatusAsync(Guid id) => OneAsync<string>("select status from campaigns where id = @Id", new { Id = id });

    public async Task<CampaignTotals> ProgressAsync(Guid id) => (await Get<GetCampaign>().RunAsync(TenantId, id, default)).Value.Progress;

    /// <summary>Sets the status of the pending first messages, as the pump and the status callbacks would.</summary>
    public Task MarkAsync(Guid campaignId, string status, DateTimeOffset at) => ExecuteAsync("""
        update messages set status = @Status, attempt = 1, claimed_at = @At, sent_at = @At
          where campaign_id = @CampaignId and step = 1 and status = 'pending'
        """, new { CampaignId = campaignId, Status = status, At = at.UtcDateTime });

    private int Salt() => (TenantId.ToByteArray()[^1] << 4 | TenantId.ToByteArray()[^2] & 15) & 0xfff;
}
