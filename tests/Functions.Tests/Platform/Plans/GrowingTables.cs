using Functions.Tests.Sending;

namespace Functions.Tests.Platform.Plans;

/// <summary>Fills the tables with rows of one tenant, sender and channel, so that only a complete key is selective.</summary>
/// <param name="firstRow">Numbers of rows begin after this. Tenants of one database have different ones.</param>
internal sealed class GrowingTables(SendingFixture world, int firstRow = 0)
{
    /// <summary>Every contact whose number is a multiple of this has the rare tag.</summary>
    public const int RareTagEvery = 500;

    public static readonly Guid RunningCampaign = Guid.Parse("01900000-00aa-7000-8000-000000000001");
    public static readonly Guid EndedCampaign = Guid.Parse("01900000-00aa-7000-8000-000000000002");
    public static readonly Guid WhatsAppSender = Guid.Parse("01900000-00aa-7000-8000-000000000005");
    public static readonly Guid LargeImport = Guid.Parse("01900000-00aa-7000-8000-000000000004");

    /// <summary>An import of every hundredth contact. The large import contains all contacts.</summary>
    public static readonly Guid Import = Guid.Parse("01900000-00aa-7000-8000-000000000003");

    private const string Parents = """
        insert into campaigns (id, tenant_id, sender_id, name, status, audience, message1, finished_at)
        values (@RunningCampaign, @Tenant, @Sender, 'Essai', 'running', '{}', '{}', null),
          (@EndedCampaign, @Tenant, @Sender, 'Essai', 'finished', '{}', '{}', now());
        insert into senders (id, tenant_id, account_id, channel, address)
          values (@WhatsAppSender, @Tenant, @Tenant, 'whatsapp', '+22462' || lpad((9999999 - @From)::text, 7, '0'));
        insert into contact_imports (id, tenant_id, row_count, created_count, updated_count, rejected_count, duplicate_count)
          values (@Import, @Tenant, 0, 0, 0, 0, 0), (@LargeImport, @Tenant, 0, 0, 0, 0, 0);
        """;

    // Autovacuum would collect statistics at an unpredictable time.
    private const string WithoutStatistics = """
        do $$ declare t regclass; begin
          for t in select oid from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' loop
            execute format('alter table %s set (autovacuum_enabled = false)', t);
          end loop;
        end $$;
        """;

    private const string Fill = """
        create temp table n on commit drop as
        select n, @Prefix || lpad(n::text, 6, '0') as phone, md5('contact' || n)::uuid as contact, md5('message' || n)::uuid as message,
          md5('waiting' || n)::uuid as waiting from generate_series(@From::int, @To::int) n;
        insert into contacts (id, tenant_id, first_name, tags)
        select contact, @Tenant, 'Awa', case when n % @RareTagEvery = 0 then array['clients', 'rares'] else array['clients'] end from n;
        insert into contact_identities (tenant_id, kind, value, contact_id, address_hash)
          select @Tenant, 'phone', phone, contact, 'erased:' || md5(phone) from n on conflict do nothing;
        insert into contact_import_rows (tenant_id, import_id, line, outcome, contact_id)
          select @Tenant, @LargeImport, n, 'created', contact from n;
        insert into contact_import_rows (tenant_id, import_id, line, outcome, contact_id)
          select @Tenant, @Import, n, 'updated', contact from n where n % 100 = 0;
        insert into consents (id, tenant_id, contact_id, channel, address, kind, source, at)
        select md5('consent' || n)::uuid, @Tenant, contact, 'sms', phone, 'opt_in', 'import', now() - interval '30 days' from n;
        insert into suppressions (tenant_id, channel, address, since, source)
          select @Tenant, 'sms', address_key('+336' || lpad(n::text, 8, '0')), now(), 'keyword' from n;
        insert into suppressions (tenant_id, channel, address, since, source)
          select @Tenant, 'sms', 'erased:' || md5('other' || n), now(), 'keyword' from n;
        insert into recipient_pace (tenant_id, channel, address, recent)
          select @Tenant, 'sms', address_key(phone), array[now() - interval '1 hour'] from n on conflict do nothing;
        insert into messages (id, tenant_id, sender_id, stream_id, channel, contact_id, contact_address, campaign_id, step, body, status,
          attempt, due_at, created_at, claimed_at, sent_at, provider_sid, ended_at)
        select message, @Tenant, @Sender, @EndedCampaign, 'sms', contact, phone, @EndedCampaign, 1, 'Bonjour',
          case n % 3 when 0 then 'delivered' when 1 then 'sent' else 'failed' end, 1, now(), now() - interval '1 day',
          now() - interval '30 minutes', now() - interval '30 minutes', 'SM' || md5('message' || n),
          case n % 3 when 2 then now() - interval '1 day' end
        from n;
        insert into messages (id, tenant_id, sender_id, stream_id, channel, contact_id, contact_address, campaign_id, step, body, status,
          due_at, created_at)
        select waiting, @Tenant, @Sender, @RunningCampaign, 'sms', contact, phone, @RunningCampaign, 1, 'Bonjour', 'pending',
          now() + interval '1 day', now() from n;
        insert into campaign_recipients (campaign_id, contact_id, tenant_id, address, message_id)
          select @EndedCampaign, contact, @Tenant, phone, message from n;
        insert into message_events (message_id, tenant_id, status, attempt, at, former_sid)
          select message, @Tenant, 'queued', 1, now(), 'SM' || md5('former' || n) from n;
        insert into message_events (message_id, tenant_id, status, attempt, at) select message, @Tenant, 'sent', 1, now() from n;
        insert into webhook_events (id, tenant_id, provider, kind, sid, status, payload, state, received_at, contact_address)
        select md5('event' || n)::uuid, @Tenant, 'twilio', 'status', 'SM' || md5('message' || n), 'sent', '{}', 'done',
          now() - interval '1 hour', null from n;
        insert into webhook_events (id, tenant_id, provider, kind, sid, status, payload, state, received_at, contact_address)
        select md5('early' || n)::uuid, @Tenant, 'twilio', 'status', 'SM' || md5('elsewhere' || n), 'sent', '{}', 'unmatched',
          now() - interval '2 hours', phone from n;
        """;

    private const int Step = 5_000;

    private int rows;

    public async Task BeginAsync()
    {
        await world.ExecuteAsync(WithoutStatistics);
        await world.ExecuteAsync(Parents, Values(firstRow, firstRow));
    }

    public async Task GrowToAsync(int count)
    {
        // Insert in steps, so that no statement exceeds the command timeout on a busy machine.
        for (var step = Math.Min(count, rows + Step); rows < count; step = Math.Min(count, rows + Step))
        {
            await world.ExecuteAsync(Fill, Values(firstRow + rows + 1, firstRow + step));
            rows = step;
        }
    }

    public Task AnalyzeAsync() => world.ExecuteAsync("vacuum analyze");

    /// <summary>The first tenant of a database has the ids that the tests name.</summary>
    private Guid OfTenant(Guid id) => firstRow == 0 ? id : new Guid(firstRow, 0, 0, id.ToByteArray()[8..]);

    private object Values(int from, int to) =>
        new
        {
            world.Tenant,
            world.Sender,
            RunningCampaign = OfTenant(RunningCampaign),
            EndedCampaign = OfTenant(EndedCampaign),
            Import = OfTenant(Import),
            LargeImport = OfTenant(LargeImport),
            WhatsAppSender = OfTenant(WhatsAppSender),
            RareTagEvery,
            Prefix = "+224620",
            From = from,
            To = to,
        };
}
