using Functions.Tests.Campaigns;
using Npgsql;
using Relais.Kit;
using Relais.Platform.Database;
using Relais.Privacy;
using Relais.Privacy.Retention;

namespace Functions.Tests.Privacy;

public sealed class ApplyRetentionTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const int RetentionDays = 30;
    private static readonly string[] Keys = ["+224620000001", "whatsapp:+224620000001"];

    [Fact]
    public async Task Rows_older_than_the_retention_period_are_deleted()
    {
        await using var world = await CreateAsync();
        foreach (var days in new[] { 5, 29, 31, 400 })
        {
            await AddMessageAsync(world, "received", days);
            await AddMessageAsync(world, "delivered", days);
            await AddMessageAsync(world, "read", days);
            await AddMessageAsync(world, "failed", days);
            await AddMessageAsync(world, "sent", days);
            await AddMessageAsync(world, "accepted", days);
            await world.ExecuteAsync("""
                insert into webhook_events (id, tenant_id, provider, kind, sid, status, payload, state, received_at)
                values (gen_random_uuid(), @TenantId, 'twilio', 'status', 'SM' || @days, 'sent', '{}', 'done',
                  now() - make_interval(days => @days));
                insert into contact_imports (id, tenant_id, row_count, created_count, updated_count, rejected_count, duplicate_count,
                  created_at)
                values (('01900000-0000-7000-8000-' || lpad(@days::text, 12, '0'))::uuid, @TenantId, 1, 1, 0, 0, 0,
                  now() - make_interval(days => @days));
                insert into contact_import_rows (tenant_id, import_id, line, outcome)
                  values (@TenantId, ('01900000-0000-7000-8000-' || lpad(@days::text, 12, '0'))::uuid, 2, 'created');
                insert into recipient_pace (tenant_id, channel, address, recent)
                  values (@TenantId, 'sms', '+22462000' || @days, array[now() - make_interval(days => @days)]);
                insert into invitations (id, tenant_id, role, code_hash, created_by, expires_at)
                values (gen_random_uuid(), @TenantId, 'viewer', convert_to(@TenantId::text || @days, 'utf8'), 'x',
                  now() - make_interval(days => @days));
                """, new { world.TenantId, days });
        }

        await RunAsync(world);

        var left = await world.ListAsync<string>(
            "select status from messages where tenant_id = @TenantId order by status", new { world.TenantId });
        Assert.Equal(
            ["accepted", "accepted", "delivered", "delivered", "failed", "failed", "read", "read", "received", "received", "sent", "sent"],
            left);
        Assert.Equal(left.Count, await CountAsync(world, "message_events"));
        Assert.Equal(
            (2, 2, 2, 0, 2),
            (await CountAsync(world, "webhook_events"), await CountAsync(world, "contact_imports"),
                await CountAsync(world, "contact_import_rows"), await CountAsync(world, "recipient_pace"),
                await CountAsync(world, "invitations")));
    }

    [Theory]
    [InlineData("pending")]
    [InlineData("retry")]
    [InlineData("claimed")]
    [InlineData("unknown")]
    public async Task Old_rows_with_pending_work_are_kept(string status)
    {
        await using var world = await CreateAsync();
        await AddMessageAsync(world, status, 900);

        await RunAsync(world);

        Assert.Equal(1, await CountAsync(world, "messages"));
    }

    [Fact]
    public async Task A_report_of_a_deleted_message_keeps_the_address_of_its_recipient()
    {
        await using var world = await CreateAsync();
        foreach (var (status, sid, days) in new[]
        {
            ("read", "SMread", 31), ("failed", "SMfailed", 31), ("accepted", "SMaccepted", 31), ("read", "SMyoung", 29),
        })
        {
            await AddMessageAsync(world, status, days);
            await world.ExecuteAsync("""
                update messages set provider_sid = @sid || @TenantId
                  where tenant_id = @TenantId and status = @status and provider_sid is null;
                insert into webhook_events (id, tenant_id, provider, kind, sid, status, payload, state, received_at)
                values (gen_random_uuid(), @TenantId, 'twilio', 'status', @sid || @TenantId, 'read', '{"To": "whatsapp:+224620000001"}',
                  'done', now() - interval '5 days');
                """, new { sid, world.TenantId, status });
        }

        await RunAsync(world);

        Assert.Equal(
            ["SMaccepted", "SMfailed", "SMread"],
            await world.ListAsync<string>(
                """
                select split_part(sid, @TenantId::text, 1) from webhook_events
                  where tenant_id = @TenantId and contact_address = 'whatsapp:+224620000001' order by sid
                """,
                new { world.TenantId }));
    }

    [Fact]
    public async Task Consents_suppressions_and_contacts_are_kept()
    {
        await using var world = await CreateAsync();
        await world.AddContactsAsync(1, 1);
        await world.ExecuteAsync("""
            insert into consents (id, tenant_id, channel, address, kind, source, at)
              values (gen_random_uuid(), @TenantId, 'sms', '+224620000001', 'opt_out', 'keyword', now() - interval '9 years');
            insert into suppressions (tenant_id, channel, address, since, source)
              values (@TenantId, 'sms', '+224620000001', now() - interval '9 years', 'keyword');
            """, new { world.TenantId });

        await RunAsync(world);

        Assert.Equal(
            (1, 1, 1, 1),
            (await CountAsync(world, "consents"), await CountAsync(world, "suppressions"), await CountAsync(world, "contacts"),
                await CountAsync(world, "contact_identities")));
    }

    [Fact]
    public async Task Recipients_of_old_campaigns_are_redacted_and_the_statistics_are_kept()
    {
        await using var world = await CreateAsync();
        await world.AddContactsAsync(1, 250);
        var (old, recent) = (await world.RunningCampaignAsync(), await world.RunningCampaignAsync());
        await world.ExecuteAsync("""
            update campaigns set status = 'finished',
              finished_at = now() - case id when @old then interval '31 days' else interval '29 days' end, statistics = '{"kept": true}'
            where tenant_id = @TenantId
            """, new { old, world.TenantId });
        var before = await world.ProgressAsync(old);

        await RunAsync(world, page: 100);
        await RunAsync(world, page: 100);

        Assert.Equal((250, 0), await CountsAsync(world, old));
        Assert.Equal((250, 250), await CountsAsync(world, recent));
        Assert.Equal(before.Planned, (await world.ProgressAsync(old)).Planned);
        Assert.Equal(
            "{\"kept\": true}", await world.OneAsync<string>("select statistics::text from campaigns where id = @old", new { old }));
    }

    [Fact]
    public async Task An_import_that_a_campaign_needs_is_kept()
    {
        await using var world = await CreateAsync();
        var import = Guid.CreateVersion7();
        await world.ExecuteAsync("""
            insert into contact_imports (id, tenant_id, row_count, created_count, updated_count, rejected_count, duplicate_count,
              created_at) values (@import, @TenantId, 1, 1, 0, 0, 0, now() - interval '1 year');
            insert into contact_import_rows (tenant_id, import_id, line, outcome) values (@TenantId, @import, 2, 'created');
            """, new { world.TenantId, import });
        var campaign = await world.CreateCampaignAsync(world.Request() with { Audience = new() { ImportId = import } });

        await RunAsync(world);
        Assert.Equal(1, await CountAsync(world, "contact_import_rows"));

        await world.ExecuteAsync("update campaigns set status = 'cancelled' where id = @campaign", new { campaign });
        await RunAsync(world);
        Assert.Equal((0, 0), (await CountAsync(world, "contact_import_rows"), await CountAsync(world, "contact_imports")));
    }

    [Fact]
    public async Task The_audit_trail_is_kept_for_three_years()
    {
        await using var world = await CreateAsync();
        foreach (var days in new[] { 1000, 1200 })
        {
            var at = DateTimeOffset.UtcNow.AddDays(-days);
            await world.ExecuteAsync("""
                insert into audit (id, tenant_id, at, actor_kind, actor_id, action, subject_kind, subject_id)
                  values (@Id, @TenantId, @At, 'system', 'x', 'x.y', 'x', 'y')
                """, new { Id = Guid.CreateVersion7(at), world.TenantId, At = at.UtcDateTime });
        }

        await RunAsync(world);

        Assert.Equal(1, await CountAsync(world, "audit"));
    }

    [Fact]
    public async Task All_pages_are_deleted_in_one_run()
    {
        await using var world = await CreateAsync();
        for (var n = 0; n < 25; n++)
        {
            await AddMessageAsync(world, n % 2 == 0 ? "delivered" : "accepted", 40 + n);
        }

        await RunAsync(world, page: 4);

        Assert.Equal((0, 0), (await CountAsync(world, "messages"), await CountAsync(world, "message_events")));
    }

    [Theory]
    [InlineData("messages", "pending", 900)]
    [InlineData("messages", "delivered", 7)]
    [InlineData("message_events", "pending", 900)]
    [InlineData("message_events", "delivered", 7)]
    public async Task The_job_role_cannot_delete_recent_or_open_rows(string table, string status, int days)
    {
        await using var world = await CreateAsync();
        await AddMessageAsync(world, status, days);

        var deletedCount = await world.SystemDb.RunAsync(
            tx => tx.ExecuteAsync($"delete from {table} where tenant_id = @TenantId", new { world.TenantId }, default), default);

        Assert.Equal(0, deletedCount);
    }

    [Fact]
    public async Task The_job_role_cannot_delete_the_rows_of_a_recent_import()
    {
        await using var world = await CreateAsync();
        await world.ExecuteAsync("""
            insert into contact_imports (id, tenant_id, row_count, created_count, updated_count, rejected_count, duplicate_count,
              created_at) values (@TenantId, @TenantId, 1, 1, 0, 0, 0, now() - interval '7 days');
            insert into contact_import_rows (tenant_id, import_id, line, outcome) values (@TenantId, @TenantId, 2, 'created');
            """, new { world.TenantId });

        Assert.Equal(
            0,
            await world.SystemDb.RunAsync(
                tx => tx.ExecuteAsync("delete from contact_import_rows where tenant_id = @TenantId", new { world.TenantId }, default),
                default));
    }

    [Theory]
    [InlineData("update messages set created_at = now() - interval '9 days'")]
    [InlineData("update messages set status = 'failed', created_at = '-infinity'")]
    [InlineData("update messages set tenant_id = gen_random_uuid()")]
    [InlineData("update webhook_events set received_at = now() - interval '9 days'")]
    public async Task The_job_role_cannot_change_the_age_or_the_tenant_of_a_row(string update)
    {
        await using var world = await CreateAsync();
        await AddMessageAsync(world, "delivered", 5);
        await world.ExecuteAsync("""
            insert into webhook_events (id, tenant_id, provider, kind, sid, status, payload, state, received_at)
              values (gen_random_uuid(), @TenantId, 'twilio', 'status', 'SMyoung', 'sent', '{}', 'done', now())
            """, new { world.TenantId });

        var refused = await Assert.ThrowsAsync<PostgresException>(() =>
            world.SystemDb.RunAsync(
                tx => tx.ExecuteAsync($"{update} where tenant_id = @TenantId", new { world.TenantId }, default), default));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task A_tenant_whose_statement_takes_too_long_does_not_stop_the_others()
    {
        await using var world = await CreateAsync();
        await using var other = await CreateAsync();
        await AddMessageAsync(world, "failed", 40);
        await AddMessageAsync(other, "failed", 40);
        await using var connection = new NpgsqlConnection(postgres.Superuser);
        await connection.OpenAsync();
        await using var lockTransaction = await connection.BeginTransactionAsync();
        await lockTransaction.ExecuteAsync(
            "select from message_events where tenant_id = @TenantId for update", new { world.TenantId }, default);
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(postgres.System) { CommandTimeout = 1 });

        // The result must not depend on which of the two tenants is processed first.
        await new ApplyRetention(new SystemDb(source), TimeProvider.System, world.Log.For<ApplyRetention>()).RunAsync(default);

        Assert.Equal((1, 0), (await CountAsync(world, "messages"), await CountAsync(other, "messages")));
    }

    [Fact]
    public async Task The_order_of_the_tenants_differs_between_runs()
    {
        await using var world = await CreateAsync();
        await using var other = await CreateAsync();
        var (first, ids) = (new HashSet<Guid>(), new[] { world.TenantId, other.TenantId });
        for (var run = 0; run < 64; run++)
        {
            var order = await world.SystemDb.RunAsync(
                tx => TenantShuffle.SelectNextTenantsAsync(tx, $"run {run}", "", 10_000, default), default);
            first.Add(order.First(tenant => ids.Contains(tenant.Id)).Id);
        }

        Assert.Equal(ids.Order(), first.Order());
    }

    [Fact]
    public async Task A_run_without_time_removes_nothing()
    {
        await using var world = await CreateAsync();
        await AddMessageAsync(world, "failed", 40);
        await AddMessageAsync(world, "accepted", 40);

        await new ApplyRetention(world.SystemDb, TimeProvider.System, world.Log.For<ApplyRetention>()) { MaxRunTime = TimeSpan.Zero }
            .RunAsync(default);

        Assert.Equal(2, await CountAsync(world, "messages"));
    }

    [Fact]
    public async Task The_app_role_cannot_delete_messages_events_or_audit_entries()
    {
        await using var world = await CreateAsync();
        foreach (var table in new[] { "messages", "message_events", "webhook_events", "audit", "contact_imports" })
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() =>
                world.Db.RunAsync(world.TenantId, tx => tx.ExecuteAsync($"delete from {table}", null, default), default));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }
    }

    [Theory]
    [InlineData(0, "webhook_events_received")]
    [InlineData(1, "messages_ended")]
    [InlineData(2, "messages_used")]
    public async Task Old_rows_are_found_by_an_index(int step, string index)
    {
        await using var world = await CreateAsync();
        await FillAsync(world);

        var plan = await world.SystemDb.RunAsync(async tx =>
        {
            await tx.ExecuteAsync(ApplyRetention.ReadInIndexOrder, null, default);
            return await tx.QueryAsync<string>($"explain {RetentionStep.All[step].Sql}", new
            {
                world.TenantId,
                Before = DateTime.UtcNow.AddDays(-60),
                AuditBefore = Guid.CreateVersion7(),
                Page = 100,
            }, default);
        }, default);

        Assert.Contains(plan, line => line.Contains($"using {index}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(
        "select 1 from webhook_events where tenant_id = @TenantId and contact_address is not null and contact_address = any(@Keys)",
        "webhook_events_contact_address")]
    [InlineData(
        """
        select 1 from messages
          where tenant_id = @TenantId and sender_id = @SenderId and contact_address = any(@Keys) and status not in ('pending', 'retry')
        """,
        "messages_conversation")]
    [InlineData("select 1 from contact_import_rows where tenant_id = @TenantId and contact_id = @TenantId", "contact_import_rows_contact")]
    [InlineData("select 1 from suppressions where tenant_id = @TenantId and address like 'erased:%'", "suppressions_erased")]
    public async Task The_rows_of_a_person_are_found_by_an_index_with_row_level_security(string query, string index)
    {
        await using var world = await CreateAsync();
        await FillAsync(world);

        var plan = await world.Db.RunAsync(world.TenantId, tx => tx.QueryAsync<string>(
            $"explain {query}", new { world.TenantId, world.SenderId, Keys }, default), default);

        Assert.Contains(plan, line => line.Contains(index, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(3651)]
    [InlineData(-1)]
    public async Task Retention_days_outside_the_bounds_are_rejected(int days)
    {
        await using var world = await CreateAsync();

        var result = await world.Get<ChangePrivacySettings>().RunAsync(world.Caller, new PrivacySettings(days), default);

        Assert.Equal(["must be from 8 to 3650"], result.Failure!.Faults!["retentionDays"]);
        Assert.Equal(RetentionDays, (await world.Get<GetPrivacySettings>().RunAsync(world.TenantId, default)).RetentionDays);
    }

    [Fact]
    public async Task A_change_of_the_retention_is_audited()
    {
        await using var world = await CreateAsync();

        await world.Get<ChangePrivacySettings>().RunAsync(world.Caller, new PrivacySettings(90), default);

        Assert.Equal(90, (await world.Get<GetPrivacySettings>().RunAsync(world.TenantId, default)).RetentionDays);
        Assert.Equal(("{\"retentionDays\": 30}", "{\"retentionDays\": 90}"), await world.OneAsync<(string, string)>(
            "select before::text, after::text from audit where tenant_id = @TenantId and action = 'privacy.change'",
            new { world.TenantId }));
    }

    private async Task<CampaignFixture> CreateAsync()
    {
        var world = await CampaignFixture.CreateAsync(postgres);
        await world.ExecuteAsync(
            "update tenants set retention_days = @RetentionDays where id = @TenantId", new { RetentionDays, world.TenantId });
        return world;
    }

    private static Task RunAsync(CampaignFixture world, int page = 1_000) =>
        new ApplyRetention(world.SystemDb, TimeProvider.System, world.Log.For<ApplyRetention>()) { Page = page }.RunAsync(default);

    private static Task<int> AddMessageAsync(CampaignFixture world, string status, int days) => world.ExecuteAsync("""
        with added as (
          insert into messages (id, tenant_id, sender_id, stream_id, direction, channel, contact_address, status, due_at, created_at,
            claimed_at, sent_at, ended_at)
          select gen_random_uuid(), @TenantId, @SenderId, @SenderId, case @status when 'received' then 'in' else 'out' end, 'sms',
            '+224620000001', @status, at, at,
            case when @status not in ('received', 'pending') then at end,
            case when @status in ('sent', 'delivered', 'read') then at end,
            case when @status in ('received', 'failed') then at end
          from (select now() - make_interval(days => @days) as at) t
          returning id, created_at
        )
        insert into message_events (message_id, tenant_id, status, attempt, at) select id, @TenantId, @status, 1, created_at from added
        """, new { world.TenantId, world.SenderId, status, days });

    private static Task<int> FillAsync(CampaignFixture world) => world.ExecuteAsync("""
        insert into messages (id, tenant_id, sender_id, stream_id, direction, channel, contact_address, status, due_at, created_at, sent_at,
          ended_at)
        select gen_random_uuid(), @TenantId, @SenderId, @SenderId, 'out', 'sms', '+22462' || lpad(n::text, 7, '0'),
          case n % 2 when 0 then 'delivered' else 'failed' end, at, at,
          case n % 2 when 0 then at end, case n % 2 when 1 then at end
        from (select n, now() - make_interval(mins => n * 10) as at from generate_series(1, 20000) n) t;
        insert into webhook_events (id, tenant_id, provider, kind, sid, status, payload, state, received_at, contact_address)
        select gen_random_uuid(), @TenantId, 'twilio', case n % 100 when 0 then 'inbound' else 'status' end, 'SM' || @TenantId || n, 'x',
          '{}', 'done', now() - make_interval(mins => n * 10),
          case n % 100 when 0 then 'whatsapp:+22462' || lpad(n::text, 7, '0') end
        from generate_series(1, 20000) n;
        insert into suppressions (tenant_id, channel, address, since, source)
        select @TenantId, 'sms', case n % 500 when 0 then 'erased:' else '+' end || n, now(), 'keyword' from generate_series(1, 5000) n;
        insert into contact_imports (id, tenant_id, row_count, created_count, updated_count, rejected_count, duplicate_count)
        values (@TenantId, @TenantId, 1, 1, 0, 0, 0);
        insert into contact_import_rows (tenant_id, import_id, line, outcome, contact_id)
          select @TenantId, @TenantId, n, 'created', gen_random_uuid() from generate_series(1, 5000) n;
        analyze messages; analyze webhook_events; analyze suppressions; analyze contact_import_rows;
        """, new { world.TenantId, world.SenderId });

    private static Task<int> CountAsync(CampaignFixture world, string table) =>
        world.OneAsync<int>($"select count(*)::int from {table} where tenant_id = @TenantId", new { world.TenantId });

    private static Task<(int All, int Named)> CountsAsync(CampaignFixture world, Guid campaign) => world.OneAsync<(int, int)>("""
        select count(*)::int, count(*) filter (where address <> 'erased' and variables <> '{}')::int from campaign_recipients
          where campaign_id = @campaign
        """, new { campaign });
}
