using Azure.Storage.Queues;
using Dapper;
using Npgsql;
using Relais.Kit;
using Relais.Platform.Database;
using Relais.Platform.Queues;
using Relais.Privacy.Erasure;
using static Functions.Tests.Privacy.PrivacyFixture;

namespace Functions.Tests.Privacy;

/// <summary>A status report is stored in a transaction that stays open while its recipient is erased.</summary>
public sealed class ErasureRecheckTests(PostgresFixture postgres, AzuriteFixture storage)
    : IClassFixture<PostgresFixture>, IClassFixture<AzuriteFixture>
{
    [Fact]
    public async Task Review_B16_A_report_committed_after_the_erasure_is_redacted_by_the_recheck()
    {
        await using var world = await CreateAsync(postgres, storage.CreateAccount());
        await using var storing = new NpgsqlConnection(postgres.System);
        var recheck = await EraseWhileStoringAsync(world, storing);
        Assert.Contains(world.Log.Entries, line => line.Contains("looks again in", StringComparison.Ordinal));

        await RecheckAsync(world, recheck);
        Assert.Equal([recheck], await RechecksAsync(world));
        await storing.ExecuteAsync("commit and no chain;");
        Assert.NotEmpty(await world.FindAnywhereAsync(Phone[1..]));
        await RecheckAsync(world, recheck);

        Assert.Empty(await world.FindAnywhereAsync(Phone[1..]));
        Assert.Empty(await RechecksAsync(world));
        Assert.Equal(0, await RecheckAsync(world, recheck));
    }

    [Fact]
    public async Task Review_B16_The_recheck_is_queued_with_a_delay()
    {
        var account = storage.CreateAccount();
        await using var world = await CreateAsync(postgres, account);
        await using var storing = new NpgsqlConnection(postgres.System);
        await EraseWhileStoringAsync(world, storing);

        var queue = new QueueClient(account, QueueNames.RecheckErasure);

        Assert.Equal(1, (await queue.GetPropertiesAsync()).Value.ApproximateMessagesCount);
        Assert.Empty((await queue.ReceiveMessagesAsync()).Value);
    }

    [Fact]
    public async Task Review_B16_An_erasure_does_not_wait_for_transactions_without_reports()
    {
        await using var world = await CreateAsync(postgres);
        var contact = await SendAsync(world);
        await using var other = new NpgsqlConnection(postgres.System);
        await other.OpenAsync();
        await other.ExecuteAsync(
            "begin transaction; insert into contacts (id, tenant_id) values (gen_random_uuid(), @Tenant)", new { world.Tenant });

        await world.EraseAsync(contact);

        Assert.Empty(await RechecksAsync(world));
    }

    [Fact]
    public async Task Review_B16_An_interrupted_erasure_is_rechecked_at_night()
    {
        await using var world = await CreateAsync(postgres);
        await SendAsync(world);
        var sid = await world.OneAsync<string>("select provider_sid from messages where tenant_id = @Tenant", new { world.Tenant });
        await world.ReportStatusAsync(
            await world.OneAsync<Guid>("select id from messages where tenant_id = @Tenant", new { world.Tenant }), "sent");
        await world.Db.RunAsync(
            world.Tenant,
            tx => RedactLateReports.InsertRecheckAsync(tx, world.Tenant, [sid], DateTimeOffset.UtcNow.AddMinutes(-11), default), default);
        await world.Db.RunAsync(
            world.Tenant, tx => RedactLateReports.InsertRecheckAsync(tx, world.Tenant, ["SMyoung"], DateTimeOffset.UtcNow, default),
            default);

        await world.Get<RedactLateReports>().RecheckErasuresEachNight(null!, default);

        Assert.DoesNotContain(await world.FindAnywhereAsync(Phone[1..]), row => row.StartsWith("webhook_events", StringComparison.Ordinal));
        Assert.Single(await RechecksAsync(world));
    }

    /// <returns>The id of the recheck that the erasure inserted.</returns>
    private static async Task<Guid> EraseWhileStoringAsync(PrivacyFixture world, NpgsqlConnection storing)
    {
        var contact = await SendAsync(world);
        await storing.OpenAsync();
        await storing.ExecuteAsync("""
            begin transaction;
            insert into webhook_events (id, tenant_id, provider, kind, sid, status, payload, state, received_at)
            select gen_random_uuid(), tenant_id, 'twilio', 'status', provider_sid, 'sent',
              jsonb_build_object('MessageSid', provider_sid, 'To', 'whatsapp:' || contact_address), 'done', now()
            from messages where tenant_id = @Tenant;
            """, new { world.Tenant });
        await world.EraseAsync(contact);
        return Assert.Single(await RechecksAsync(world));
    }

    private static async Task<Guid> SendAsync(PrivacyFixture world)
    {
        var contact = await world.ImportAsync(Phone);
        await world.CampaignAsync();
        await world.PumpAsync();
        return contact;
    }

    private static Task<int> RecheckAsync(PrivacyFixture world, Guid recheck) =>
        new RedactLateReports(
            world.SystemDb, world.Get<WorkQueues>(), TimeProvider.System, world.Log.For<RedactLateReports>())
        {
            MaxWait = TimeSpan.Zero,
        }.RunAsync(recheck, default);

    private static Task<List<Guid>> RechecksAsync(PrivacyFixture world) =>
        world.ListAsync<Guid>("select id from erasure_rechecks where tenant_id = @Tenant", new { world.Tenant });
}
