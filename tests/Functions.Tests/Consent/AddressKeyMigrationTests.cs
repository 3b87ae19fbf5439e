using Dapper;
using Npgsql;
using Relais.Database;
using Relais.Kit;

namespace Functions.Tests.Consent;

/// <summary>Tests the migration of rows that were written before addresses were compared by key.</summary>
public sealed class AddressKeyMigrationTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly Guid Tenant = Ids.Tenant(1);
    private static readonly Guid Sender = Ids.Sender(1);
    private static readonly Guid Campaign = Ids.Contact(900);

    [Fact]
    public async Task FieldTrial_F05_Contacts_of_one_number_are_merged_into_the_oldest()
    {
        await using var database = await CreateOldSchemaAsync();
        await AddContactAsync(database, 1, "+525512345678", "Ana", "{a}", """{"x": "1"}""");
        await AddContactAsync(database, 2, "+5215512345678", "Bea", "{b}", """{"x": "2", "y": "3"}""");
        await AddContactAsync(database, 3, "+224620000001", "Awa", "{a}", "{}");
        await AddMessageAsync(database, 1, 2, "+5215512345678", "in", "received", null);
        await database.ExecuteAsync("""
            insert into contact_imports (id, tenant_id, row_count, created_count, updated_count, rejected_count, duplicate_count)
              values (@Tenant, @Tenant, 1, 1, 0, 0, 0);
            insert into contact_import_rows (tenant_id, import_id, line, outcome, contact_id)
              values (@Tenant, @Tenant, 2, 'created', @Second);
            insert into recipient_pace values
              (@Tenant, 'whatsapp', '+525512345678', null, array[timestamptz '2026-01-05 09:00Z']),
              (@Tenant, 'whatsapp', '+5215512345678', timestamptz '2026-01-05 09:02Z',
                array[timestamptz '2026-01-05 08:00Z', timestamptz '2026-01-05 09:01Z']);
            """, new { Tenant, Second = Ids.Contact(2) });

        await MigrateAsync(database);

        Assert.Equal([$"{Ids.Contact(1)} Ana a,b 1 3", $"{Ids.Contact(3)} Awa a - -"], await ListAsync(database,
            """
            select id || ' ' || first_name || ' ' || array_to_string(tags, ',') || ' ' || coalesce(fields ->> 'x', '-') || ' '
            || coalesce(fields ->> 'y', '-') from contacts order by id
            """));
        Assert.Equal(
            ["+224620000001 +224620000001", "+525512345678 +525512345678"],
            await ListAsync(database, "select value || ' ' || key from contact_identities order by 1"));
        Assert.Equal([Ids.Contact(1).ToString()], await ListAsync(database, "select contact_id::text from messages"));
        Assert.Equal([Ids.Contact(1).ToString()], await ListAsync(database, "select contact_id::text from contact_import_rows"));
        Assert.Equal(
            [$"{Ids.Contact(1)} {Ids.Contact(2)}"],
            await ListAsync(database, "select subject_id || ' ' || (after ->> 'merged') from audit where action = 'contact.merge'"));
        Assert.Equal(["+525512345678 09:02 08:00,09:00,09:01"], await ListAsync(database, """
            select address || ' ' || to_char(in_flight_until at time zone 'UTC', 'HH24:MI') || ' '
              || (select string_agg(to_char(r at time zone 'UTC', 'HH24:MI'), ',') from unnest(recent) r)
            from recipient_pace
            """));
    }

    [Theory]
    [InlineData("+525512345678", "+5215512345678")]
    [InlineData("+5215512345678", "+525512345678")]
    [InlineData("+553187654321", "+5531987654321")]
    [InlineData("+5491123456789", "+541123456789")]
    public async Task FieldTrial_F05_A_stop_on_either_spelling_survives(string stopped, string other)
    {
        await using var database = await CreateOldSchemaAsync();
        await AddContactAsync(database, 1, other);
        await AddContactAsync(database, 2, stopped);
        await AddConsentAsync(database, other, "opt_in", 1);
        await AddConsentAsync(database, stopped, "opt_out", 2);

        await MigrateAsync(database);

        Assert.Equal([Relais.Platform.AddressKey.From(stopped)], await ListAsync(database, "select address from suppressions"));
    }

    [Fact]
    public async Task FieldTrial_F05_A_later_start_on_the_other_spelling_lifts_the_stop()
    {
        await using var database = await CreateOldSchemaAsync();
        await AddContactAsync(database, 1, "+525512345678");
        await AddContactAsync(database, 2, "+5215512345678");
        await AddConsentAsync(database, "+525512345678", "opt_out", 1);
        await AddConsentAsync(database, "+5215512345678", "opt_in", 2);

        await MigrateAsync(database);

        Assert.Empty(await ListAsync(database, "select address from suppressions"));
        Assert.Equal(2, (await ListAsync(database, "select id::text from consents")).Count);
    }

    [Fact]
    public async Task FieldTrial_F05_The_later_of_two_stops_is_kept()
    {
        await using var database = await CreateOldSchemaAsync();
        await AddConsentAsync(database, "+5215512345678", "opt_out", 3, "keyword");
        await AddConsentAsync(database, "+525512345678", "opt_out", 2, "21610");

        await MigrateAsync(database);

        Assert.Equal(
            ["+525512345678 keyword 3"],
            await ListAsync(
                database, "select address || ' ' || source || ' ' || extract(day from since at time zone 'UTC') from suppressions"));
    }

    [Fact]
    public async Task FieldTrial_F05_A_stop_of_a_user_id_suppresses_the_number_of_the_merged_contact()
    {
        await using var database = await CreateOldSchemaAsync();
        await AddContactAsync(database, 1, "+525512345678");
        await AddContactAsync(database, 2, "+5215512345678");
        await database.ExecuteAsync(
            "insert into contact_identities values (@Tenant, 'whatsapp_user', 'MX.4711', @Second)",
            new { Tenant, Second = Ids.Contact(2) });
        await AddConsentAsync(database, "MX.4711", "opt_out", 1);

        await MigrateAsync(database);

        Assert.Equal(["+525512345678", "MX.4711"], await ListAsync(database, "select address from suppressions order by 1"));
        Assert.Equal([Ids.Contact(1).ToString()], await ListAsync(database, "select distinct contact_id::text from contact_identities"));
    }

    [Fact]
    public async Task FieldTrial_F05_A_campaign_keeps_one_recipient_and_cancels_the_unsent_duplicate()
    {
        await using var database = await CreateOldSchemaAsync();
        await AddContactAsync(database, 1, "+525512345678");
        await AddContactAsync(database, 2, "+5215512345678");
        await AddMessageAsync(database, 1, 1, "+525512345678", "out", "pending", Campaign);
        await AddMessageAsync(database, 2, 2, "+5215512345678", "out", "pending", Campaign);
        await database.ExecuteAsync("insert into campaign_counters values (@Campaign, 'queued', 7, @Tenant, 2)", new { Campaign, Tenant });

        await MigrateAsync(database);

        Assert.Equal(
            ["pending +525512345678", "canceled +5215512345678"],
            await ListAsync(database, "select status || ' ' || contact_address from messages order by id"));
        Assert.Equal(
            ["canceled 1", "queued 1"],
            await ListAsync(database, "select name || ' ' || sum(value) from campaign_counters group by name order by 1"));
        Assert.Equal(["canceled duplicate"], await ListAsync(database, "select status || ' ' || error_code from message_events"));
        Assert.Equal(
            [$"+525512345678 {Ids.Contact(1)}"],
            await ListAsync(database, "select address || ' ' || contact_id from campaign_recipients where address <> 'erased'"));
        Assert.Equal(2, (await ListAsync(database, "select address from campaign_recipients")).Count);
    }

    [Fact]
    public async Task FieldTrial_F05_The_recipient_with_the_sent_message_is_kept_with_any_reply()
    {
        await using var database = await CreateOldSchemaAsync();
        await AddContactAsync(database, 1, "+525512345678");
        await AddContactAsync(database, 2, "+5215512345678");
        await AddMessageAsync(database, 1, 1, "+525512345678", "out", "pending", Campaign);
        await AddMessageAsync(database, 2, 2, "+5215512345678", "out", "sent", Campaign);
        await database.ExecuteAsync(
            "update campaign_recipients set replied_at = now() where contact_id = @First", new { First = Ids.Contact(1) });

        await MigrateAsync(database);

        Assert.Equal(
            [$"+5215512345678 {Ids.Contact(1)} true"],
            await ListAsync(
                database,
                """
                select address || ' ' || contact_id || ' ' || (replied_at is not null) from campaign_recipients
                where address <> 'erased'
                """));
        Assert.Equal(["canceled", "sent"], await ListAsync(database, "select status from messages order by id"));
    }

    [Fact]
    public async Task FieldTrial_F05_A_chain_of_contacts_is_merged_and_duplicate_identities_are_removed()
    {
        await using var database = await CreateOldSchemaAsync();
        await AddContactAsync(database, 1, "+553187654321");
        await AddContactAsync(database, 2, "+5531987654321");
        await AddContactAsync(database, 3, "+541123456789");
        await AddContactAsync(database, 4, "+22995123456");
        await database.ExecuteAsync("""
            insert into contact_identities values (@Tenant, 'phone', '+5491123456789', @Second),
              (@Tenant, 'phone', '+2290195123456', @Fourth)
            """, new { Tenant, Second = Ids.Contact(2), Fourth = Ids.Contact(4) });

        await MigrateAsync(database);

        Assert.Equal([$"{Ids.Contact(1)} +541123456789", $"{Ids.Contact(1)} +5531987654321", $"{Ids.Contact(4)} +2290195123456"],
            await ListAsync(database, "select contact_id || ' ' || key from contact_identities order by 1"));
        Assert.Equal(2, (await ListAsync(database, "select id::text from contacts")).Count);
    }

    [Fact]
    public async Task FieldTrial_F05_Tenants_stay_separate_and_an_old_app_version_still_suppresses_by_key()
    {
        await using var database = await CreateOldSchemaAsync();
        await AddContactAsync(database, 1, "+525512345678");
        await database.ExecuteAsync("""
            insert into tenants (id, slug, name, country) values (@Other, 'other', 'Other', 'MX');
            insert into contacts (id, tenant_id) values (@Other, @Other);
            insert into contact_identities values (@Other, 'phone', '+5215512345678', @Other);
            """, new { Other = Ids.Tenant(2) });

        await MigrateAsync(database);

        Assert.Equal(2, (await ListAsync(database, "select id::text from contacts")).Count);
        await database.ExecuteAsync(
            """
            insert into suppressions values (@Tenant, 'whatsapp', '+5215512345678', now(), 'keyword')
            on conflict (tenant_id, channel, address) do nothing
            """,
            new { Tenant });
        Assert.Equal(["+525512345678"], await ListAsync(database, "select address from suppressions"));
        var refused = await Assert.ThrowsAsync<PostgresException>(() => database.ExecuteAsync("""
            insert into contact_identities values (@Tenant, 'phone', '+5215512345678', @First)
              on conflict (tenant_id, kind, value) do nothing
            """, new { Tenant, First = Ids.Contact(1) }));
        Assert.Equal(PostgresErrorCodes.UniqueViolation, refused.SqlState);
    }

    private async Task<TestDatabase> CreateOldSchemaAsync()
    {
        var database = await postgres.CreateEmptyDatabaseAsync();
        await Migrator.MigrateAsync(
            database.Owner,
            [
                .. Migration.ReadEmbedded().TakeWhile(
                    migration => !migration.Name.Contains("addresses_are_compared_by_key", StringComparison.Ordinal)),
            ]);
        await database.ExecuteAsync("""
            insert into tenants (id, slug, name, country) values (@Tenant, 'first', 'First', 'MX');
            insert into provider_accounts (id, tenant_id, provider, account_sid, secret, secret_key_id)
              values (@Tenant, @Tenant, 'twilio', 'AC1', '\x00', 'k');
            insert into senders (id, tenant_id, account_id, channel, address)
              values (@Sender, @Tenant, @Tenant, 'whatsapp', '+5215500000000');
            insert into campaigns (id, tenant_id, sender_id, name, status, audience, message1)
              values (@Campaign, @Tenant, @Sender, 'C', 'running', '{}', '{}');
            """, new { Tenant, Sender, Campaign });
        return database;
    }

    private static Task<int> MigrateAsync(TestDatabase database) => Migrator.MigrateAsync(database.Owner);

    private static Task<int> AddContactAsync(
        TestDatabase database, int number, string phone, string name = "", string tags = "{}", string fields = "{}") =>
        database.ExecuteAsync("""
        insert into contacts (id, tenant_id, first_name, tags, fields) values (@Id, @Tenant, @name, @tags::text[], @fields::jsonb);
        insert into contact_identities (tenant_id, kind, value, contact_id, created_at)
          values (@Tenant, 'phone', @phone, @Id, timestamptz '2026-01-01' + @number * interval '1 day');
        """, new { Id = Ids.Contact(number), Tenant, name, tags, fields, phone, number });

    private static Task<int> AddConsentAsync(TestDatabase database, string address, string kind, int day, string source = "keyword") =>
        database.ExecuteAsync("""
        insert into consents (id, tenant_id, channel, address, kind, source, at)
        values (gen_random_uuid(), @Tenant, 'whatsapp', @address, @kind, @source,
          timestamptz '2026-01-01Z' + (@day - 1) * interval '1 day');
        insert into suppressions (tenant_id, channel, address, since, source)
        select @Tenant, 'whatsapp', @address, timestamptz '2026-01-01Z' + (@day - 1) * interval '1 day', @source where @kind = 'opt_out';
        """, new { Tenant, address, kind, source, day });

    private static Task<int> AddMessageAsync(
        TestDatabase database, int number, int contact, string address, string direction, string status, Guid? campaign) =>
        database.ExecuteAsync("""
        insert into messages (id, tenant_id, sender_id, stream_id, direction, channel, contact_id, contact_address, campaign_id, step,
          status, due_at, created_at)
        values (@Id, @Tenant, @Sender, coalesce(@campaign, @Sender), @direction, 'whatsapp', @Contact, @address, @campaign, 1, @status,
          now(), now());
        insert into campaign_recipients (campaign_id, contact_id, tenant_id, address, message_id)
        select @campaign, @Contact, @Tenant, @address, @Id where @campaign::uuid is not null;
        """, new { Id = Ids.Contact(500 + number), Tenant, Sender, Contact = Ids.Contact(contact), address, direction, status, campaign });

    private static async Task<List<string>> ListAsync(TestDatabase database, string sql)
    {
        await using var connection = new NpgsqlConnection(database.Superuser);
        return (await connection.QueryAsync<string>(sql)).AsList();
    }
}
