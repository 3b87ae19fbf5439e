using Npgsql;
using Relais.Channels;
using Relais.Consent;
using Relais.Kit;
using Relais.Platform.Database;
using Relais.Platform.Secrets;
using Relais.Sending;
using Relais.Sending.Unknown;
using static Functions.Tests.Privacy.PrivacyFixture;

namespace Functions.Tests.Privacy;

/// <summary>The provider reports an opt-out of an erased person whose number has been imported again.</summary>
public sealed class LateOptOutTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string RowsRead =
        "select seq_tup_read + coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables where relname = 'contact_identities'";

    [Theory]
    [InlineData("never")]
    [InlineData("before the tenant")]
    [InlineData("before its identities")]
    [InlineData("before their hashes")]
    [InlineData("at the end")]
    public async Task Review_B03_An_opt_out_of_an_erased_person_reads_few_identities(string analyzed)
    {
        await using var world = await CreateAsync(postgres);
        await AnalyzeAsync("before the tenant");
        var message = await SendEraseAndImportAgainAsync(world);
        await AnalyzeAsync("before its identities");
        await AddIdentitiesAsync(world, 20_000);
        await AnalyzeAsync("before their hashes");
        await FillAsync(world);
        await AnalyzeAsync("at the end");
        var report = new StatusReport(
            world.Tenant, Guid.CreateVersion7(), message, 1, "SMrefused", "failed", "21610", DateTimeOffset.UtcNow);

        // PostgreSQL also counts what the same connection has read in the last second, so this is a new connection.
        await using var source = NpgsqlDataSource.Create(postgres.System);
        var read = await new SystemDb(source).RunAsync(async tx =>
        {
            await ApplyStatusReports.RunAsync(tx, [report], DateTimeOffset.UtcNow, Random.Shared, default);
            return await tx.QueryOneAsync<long>(RowsRead, null, default);
        }, default);

        Assert.InRange(read, 1, 20);
        Assert.Equal([Phone], await world.SuppressedAsync());

        async Task AnalyzeAsync(string moment)
        {
            if (moment == analyzed)
            {
                await world.ExecuteAsync("analyze contact_identities");
            }
        }
    }

    [Fact]
    public async Task Review_B03_Reports_without_an_opt_out_of_an_erased_person_read_no_identities()
    {
        await using var world = await CreateAsync(postgres);
        await world.ImportAsync(Phone);
        var campaign = await world.CampaignAsync();
        await world.PumpAsync();
        var report = new StatusReport(
            world.Tenant, Guid.CreateVersion7(), await world.MessageAsync(campaign), 1, "SMfailed", "failed", "30003",
            DateTimeOffset.UtcNow);

        var read = await world.Get<SystemDb>().RunAsync(async tx =>
        {
            await ApplyStatusReports.RunAsync(tx, [report], DateTimeOffset.UtcNow, Random.Shared, default);
            return await tx.QueryOneAsync<long>(RowsRead, null, default);
        }, default);

        Assert.Equal(0, read);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Review_B03_Identities_without_the_hash_of_the_key_are_filled_in_pages(bool otherKey)
    {
        await using var world = await CreateAsync(postgres);
        var message = await SendEraseAndImportAgainAsync(world);
        await AddIdentitiesAsync(world, 25);
        var otherHash = otherKey ? new AddressHash([.. Enumerable.Repeat((byte)7, 32)]).Hash(world.Tenant, Phone) : null;
        await world.ExecuteAsync(
            "update contact_identities set address_hash = @otherHash where tenant_id = @Tenant", new { world.Tenant, otherHash });

        Assert.InRange(await FillAsync(world, pageSize: 10), 26, int.MaxValue);
        Assert.Equal(0, await FillAsync(world));
        await world.ReportStatusAsync(message, "failed", "21610");

        Assert.Equal([Phone], await world.SuppressedAsync());
    }

    [Fact]
    public async Task Review_B03_An_app_without_a_key_fills_nothing()
    {
        await using var world = await CreateAsync(postgres);
        await AddIdentitiesAsync(world, 3);

        Assert.Equal(0, await new FillAddressHashes(world.SystemDb, new AddressHash(null)).RunAsync(default));

        Assert.Equal(
            3,
            await world.OneAsync<int>(
                "select count(*)::int from contact_identities where tenant_id = @Tenant and address_hash is null", new { world.Tenant }));
    }

    [Fact]
    public async Task Review_B03_Imports_and_messages_store_the_address_hash()
    {
        await using var world = await CreateAsync(postgres);
        await world.ImportAsync(Phone);
        await world.ReceiveAndProcessAsync("Bonjour", "+5215512345678", "MX.4711");

        var hash = world.Hash;
        Assert.Equal(new[] { Phone, "+525512345678", "MX.4711" }.Select(key => hash.Hash(world.Tenant, key)).Order(StringComparer.Ordinal),
            await world.ListAsync<string>(
                "select address_hash from contact_identities where tenant_id = @Tenant order by address_hash", new { world.Tenant }));
    }

    [Fact]
    public async Task Review_B12_An_early_opt_out_of_an_erased_person_stops_the_campaign()
    {
        await using var world = await CreateAsync(postgres);
        var contact = await world.ImportAsync(Phone);
        var campaign = await world.CampaignAsync();
        var message = await world.MessageAsync(campaign);
        await world.ExecuteAsync(
            """
            update messages set status = 'unknown', attempt = 1, error_code = 'no_answer', claimed_at = now() - interval '5 minutes'
              where id = @message
            """,
            new { message });
        await world.ReportStatusAsync(null, "failed", "21610", Phone, 1, "SMlost", null);
        var body = await world.OneAsync<string>("select body from messages where id = @message", new { message });
        world.Provider.Listed[Phone] = [new ListedMessage("SMlost", "queued", null, DateTimeOffset.UtcNow.AddMinutes(-5), body)];
        world.Provider.WhileListing = async () =>
        {
            await world.EraseAsync(contact);
            await world.ImportAsync(Phone);
        };

        await world.Get<ResolveUnknownOutcomes>().RunAsync(world.SenderId, default);

        Assert.Equal("failed", await world.OneAsync<string>("select status from messages where id = @message", new { message }));
        Assert.Equal([Phone], await world.SuppressedAsync());
    }

    private static Task<int> FillAsync(PrivacyFixture world, int pageSize = 1_000) =>
        new FillAddressHashes(world.SystemDb, world.Hash) { PageSize = pageSize }.RunAsync(default);

    private static Task<int> AddIdentitiesAsync(PrivacyFixture world, int count) => world.ExecuteAsync("""
        with contact as (insert into contacts (id, tenant_id) values (@Id, @Tenant) returning id)
        insert into contact_identities (tenant_id, kind, value, contact_id)
        select @Tenant, 'phone', '+224' || (660000000 + n), id from contact cross join generate_series(1, @count) n
        """, new { Id = Guid.CreateVersion7(), world.Tenant, count });

    private static async Task<Guid> SendEraseAndImportAgainAsync(PrivacyFixture world)
    {
        var contact = await world.ImportAsync(Phone);
        var campaign = await world.CampaignAsync();
        await world.PumpAsync();
        var message = await world.MessageAsync(campaign);
        await world.EraseAsync(contact);
        await world.ImportAsync(Phone);
        return message;
    }
}
