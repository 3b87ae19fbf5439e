using System.Globalization;
using Functions.Tests.Sending;
using Relais.Campaigns;
using Relais.Campaigns.Run;
using Relais.Channels;
using Relais.Contacts.Import;
using Relais.Kit;
using Relais.Platform.Database;
using Relais.Platform.Http;
using Relais.Sending.Overdue;
using Relais.Sending.Pump;
using Relais.Sending.Retries;
using Relais.Sending.Unknown;
using Relais.Webhooks;
using Xunit.Abstractions;

namespace Functions.Tests.Platform.Plans;

/// <summary>
/// The number of rows that a statement of the send, webhook and freeze paths reads depends on its batch and not on the size of the tables.
/// The stages are empty, small and large tables, with and without statistics, with cached plans and with new connections.
/// </summary>
public sealed class StatementWorkTests(PostgresFixture postgres, ITestOutputHelper output) : IClassFixture<PostgresFixture>, IDisposable
{
    private const int Batch = 100;

    /// <summary>
    /// Reading a small table once for every row of the batch is allowed. Reading the large table so often would be two million rows.
    /// </summary>
    private const int MostRows = 15_000;

    private const int Small = 300;
    private const int Medium = 3_000;
    private const int Large = 20_000;

    /// <summary>PostgreSQL may use a generic plan from the sixth execution of a prepared statement on.</summary>
    private const int UntilPlansAreCached = 7;

    private readonly ExecutedStatements statements = new();
    private int turn;
    private int sids;

    [Fact]
    public async Task FieldTrial_F16_The_rows_that_a_statement_reads_do_not_grow_with_the_tables()
    {
        var database = await postgres.CreateDatabaseAsync();
        await ExecutedStatements.ExplainAsync(database);
        await using var world = await SendingFixture.CreateAsync(database, statements: statements);
        var tables = new GrowingTables(world);
        await tables.BeginAsync();
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);

        await RunAsync(world, "empty", UntilPlansAreCached, found);
        await tables.GrowToAsync(Small);
        await RunAsync(world, "small", 2, found);
        await tables.GrowToAsync(Medium);
        await RunAsync(world, "medium", 2, found);
        await tables.GrowToAsync(Large);
        await RunAsync(world, "large, plans of the empty tables", 2, found);
        world.ClearConnectionPools();
        await RunAsync(world, "large, without statistics", 2, found);
        await tables.AnalyzeAsync();
        await RunAsync(world, "large, with statistics", 2, found);

        Assert.True(found.Count == 0, string.Join("\n\n", found.Select(entry => $"{entry.Value}\n{entry.Key}")));
    }

    [Fact]
    public async Task The_statements_of_a_tenant_that_is_newer_than_the_statistics_read_few_rows()
    {
        var database = await postgres.CreateDatabaseAsync();
        await ExecutedStatements.ExplainAsync(database);
        await using var older = await SendingFixture.CreateAsync(database);
        var olderTables = new GrowingTables(older, firstRow: 500_000);
        await olderTables.BeginAsync();
        await olderTables.GrowToAsync(Large);
        await olderTables.AnalyzeAsync();
        await using var world = await SendingFixture.CreateAsync(database, statements: statements);
        var tables = new GrowingTables(world);
        await tables.BeginAsync();
        await tables.GrowToAsync(Large);
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);

        await RunAsync(world, "large, with statistics of another tenant", 2, found);

        Assert.True(found.Count == 0, string.Join("\n\n", found.Select(entry => $"{entry.Value}\n{entry.Key}")));
    }

    [Fact]
    public async Task Review_B15_All_pages_of_an_import_read_its_rows_once_in_total()
    {
        const int Rows = 3_000;
        var database = await postgres.CreateDatabaseAsync();
        await ExecutedStatements.ExplainAsync(database);
        await using var world = await SendingFixture.CreateAsync(database, statements: statements);
        var tables = new GrowingTables(world);
        await tables.BeginAsync();
        await tables.GrowToAsync(Rows);

        await FreezeAsync(world, new Audience { ImportId = GrowingTables.LargeImport }, pages: 1_000);

        var read = statements.Take()
            .Where(statement => statement.Text.Contains("from contact_import_rows", StringComparison.Ordinal))
            .Sum(statement => statement.Rows);
        Assert.InRange(read, Rows, Rows * 1.2);
    }

    public void Dispose() => statements.Dispose();

    private async Task RunAsync(SendingFixture world, string stage, int times, SortedDictionary<string, string> found)
    {
        for (var n = 0; n < times; n++)
        {
            turn++;
            await CheckAsync("send", stage, () => SendAsync(world), found);
            await CheckAsync("reports", stage, () => ReportAsync(world), found);
            await CheckAsync("inbound", stage, () => ProcessInboundAsync(world), found);
            await CheckAsync("merge", stage, () => MergeContactsAsync(world), found);
            await CheckAsync("sweeps", stage, () => SweepAsync(world), found);
            await CheckAsync("import", stage, () => ImportAsync(world), found);
            await CheckAsync("freeze", stage, () => FreezeAsync(world), found);
            await CheckAsync("cancel", stage, () => CancelAsync(world), found);
        }

        await FreezeRareAsync(world, stage);
    }

    private async Task CheckAsync(string path, string stage, Func<Task> work, SortedDictionary<string, string> found)
    {
        statements.Take();
        await work();
        var executed = statements.Take();
        Assert.NotEmpty(executed);
        var largest = executed.MaxBy(statement => statement.Rows)!;
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{turn} {stage}, {path}: {executed.Count} statements, at most {largest.Rows:N0} rows ({largest.Step})"));
        foreach (var statement in executed.Where(statement => statement.Rows > MostRows))
        {
            var earlierFindings = found.GetValueOrDefault(statement.Text);
            found[statement.Text] = string.Create(
                CultureInfo.InvariantCulture,
                $"{earlierFindings}{path}, tables {stage}, turn {turn}: {statement.Rows:N0} rows in {statement.Step}\n");
        }
    }

    /// <summary>Runs the steps of a pump: lease, claim, outcomes of every kind, renewal and release.</summary>
    private async Task SendAsync(SendingFixture world)
    {
        var first = 900_000 - (turn * Batch);
        await world.MessagesAsync(Batch, GrowingTables.RunningCampaign, firstRecipient: first);
        await world.ExecuteAsync(
            """
            update sender_leases set lease_until = null;
            update senders set parked_until = null;
            update campaigns set status = 'running' where status = 'paused'
            """);
        await StoreUnmatchedAsync(world, $"SMearly{turn}");
        var lease = (await world.Get<SenderLeases>().TryAcquireAsync(world.Sender, default))!;
        var claim = await world.Get<ClaimMessages>().RunAsync(lease, Batch, default);
        Assert.Equal(Batch, claim.Messages.Count);
        var sent = claim.Messages.Select((message, n) => new CompletedCall(message, OutcomeOf(n), TimeProvider.System.GetTimestamp()))
            .ToList();
        await world.Get<RecordOutcomes>().RunAsync(lease.Sender, sent, default);
        await world.Get<SenderLeases>().RenewAsync(lease, default);
        await world.Get<ReleaseSenderLease>().RunAsync(lease, [], [], default);
    }

    private SendOutcome OutcomeOf(int n) => (n % 8) switch
    {
        1 => new SendOutcome.Rejected("20429", 429),
        2 => new SendOutcome.Rejected("21610", 400),
        3 => new SendOutcome.Unknown("no_answer"),
        4 => new SendOutcome.NotSent("connection"),
        5 when n == 5 => new SendOutcome.Accepted($"SMearly{turn}", "queued"),
        _ => new SendOutcome.Accepted($"SMplan{++sids}", "queued"),
    };

    private static EventStore Store(SendingFixture world) => world.Get<EventStore>();

    private static async Task StoreUnmatchedAsync(SendingFixture world, string sid) =>
        await Store(world).StoreBatchAsync([Report(world, sid, "sent", null, null)], default);

    /// <summary>
    /// Stores status reports with a message id, with a SID only, repeated with an error code, and with an unknown SID.
    /// </summary>
    private async Task ReportAsync(SendingFixture world)
    {
        var sent = await world.ListAsync<(Guid Id, string Sid)>(
            """
            select id, provider_sid from messages where provider_sid is not null and status in ('queued', 'sent') order by claimed_at desc
              limit @Batch
            """,
            new { Batch });
        foreach (var status in new[] { "sent", "delivered", "failed" })
        {
            var events = sent.SelectMany((message, n) => (n % 4) switch
            {
                0 => [Report(world, message.Sid, status, message.Id, 1)],
                1 => [Report(world, message.Sid, status, null, null)],
                2 => new[]
                {
                    Report(world, message.Sid, status, message.Id, 1), Report(world, message.Sid, status, message.Id, 1, "30003"),
                },
                _ => [Report(world, $"SMnone{turn}-{n}", status, null, null), Report(world, $"SMnone{turn}-{n}", "read", message.Id, 0)],
            }).ToList();
            await Store(world).StoreBatchAsync(events, default);
        }
    }

    private static WebhookEvent Report(SendingFixture world, string sid, string status, Guid? message, int? attempt, string? code = null) =>
        new(
            Guid.CreateVersion7(), world.Tenant, "twilio", WebhookEvent.StatusKind, sid, status,
            $$"""{"To": "+224620000001"{{(code is null ? "" : $", \"ErrorCode\": \"{code}\"")}}}""",
            DateTimeOffset.UtcNow, message, attempt, code);

    /// <summary>Processes STOP, START and ordinary messages from contacts and from unknown numbers.</summary>
    private async Task ProcessInboundAsync(SendingFixture world)
    {
        var sender = await world.OneAsync<string>("select address from senders where id = @Sender", new { world.Sender });
        await ProcessInboundAsync(world, [.. Enumerable.Range(0, 8).Select(n => Inbound(world, sender!, n))]);
    }

    /// <summary>Merges two contacts by a message that has the number of the first and the WhatsApp user id of the second contact.</summary>
    private async Task MergeContactsAsync(SendingFixture world)
    {
        var (number, userId) = ($"whatsapp:{Ids.Phone(700_000 + turn)}", $"GN.{700_000 + turn}");
        await ProcessInboundAsync(world, [WhatsApp(world, number)]);
        await ProcessInboundAsync(world, [WhatsApp(world, $"whatsapp:{userId}")]);
        await ProcessInboundAsync(world, [WhatsApp(world, number, ("ExternalUserId", userId))]);
        var key = new { Phone = Ids.Phone(700_000 + turn), UserId = userId };
        Assert.Equal(
            1,
            await world.OneAsync<int>(
                "select count(distinct contact_id)::int from contact_identities where value in (@Phone, @UserId)", key));
    }

    private async Task ProcessInboundAsync(SendingFixture world, List<WebhookEvent> events)
    {
        await Store(world).StoreBatchAsync(events, default);
        var process = world.Get<ProcessWebhookEvent>();
        foreach (var item in events)
        {
            await process.RunAsync(item.Id, default);
        }

        var unfinished = await world.ListAsync<string>(
            "select last_error from webhook_events where id = any(@Ids) and state <> 'done'",
            new { Ids = events.Select(item => item.Id).ToArray() });
        Assert.Empty(unfinished);
    }

    private WebhookEvent Inbound(SendingFixture world, string sender, int n)
    {
        var person = n < 4 ? Ids.Phone((turn * 4) + n + 1) : Ids.Phone(950_000 + (turn * 4) + n);
        return Inbound(world, person, sender, ("Body", (n % 4) switch { 0 => "STOP", 1 => "START", _ => "Bonjour" }));
    }

    private WebhookEvent WhatsApp(SendingFixture world, string person, params (string Name, string Value)[] other) =>
        Inbound(world, person, "whatsapp:+224629999999", other);

    private WebhookEvent Inbound(SendingFixture world, string person, string sender, params (string Name, string Value)[] other)
    {
        var fields = new Dictionary<string, string>
        {
            ["AccountSid"] = world.AccountSid,
            ["From"] = person,
            ["To"] = sender,
            ["MessageSid"] = $"SMinbound{++sids}",
            ["SmsStatus"] = "received",
        };
        foreach (var (name, value) in other)
        {
            fields[name] = value;
        }

        return new WebhookEvent(
            Guid.CreateVersion7(), world.Tenant, "twilio", WebhookEvent.InboundKind, fields["MessageSid"], "", Json.Write(fields),
            DateTimeOffset.UtcNow);
    }

    private static async Task SweepAsync(SendingFixture world)
    {
        await world.SweepAsync();
        await world.Get<SweepWebhooks>().RunAsync(default);
        await world.ExecuteAsync("""
            update messages set claimed_at = now() - interval '70 minutes' where provider_sid is not null and status = 'queued';
            update messages set claimed_at = now() - interval '10 minutes' where status = 'unknown';
            """);
        foreach (var retry in await world.Get<PollOverdueStatuses>().RunAsync(default))
        {
            await world.Get<RetryMessage>().RequeueMessage(
                new RetryMessage.Input(retry.Id, retry.Attempt, retry.DueAt), default);
        }

        await world.Get<ResolveUnknownOutcomes>().RunAsync(world.Sender, default);
    }

    /// <summary>Imports a file in which half of the numbers belong to existing contacts.</summary>
    private async Task ImportAsync(SendingFixture world)
    {
        var lines = Enumerable.Range(0, Batch)
            .Select(n => $"{Ids.Phone(n % 2 == 0 ? (turn * Batch) + n + 1 : 800_000 + (turn * Batch) + n)};Awa{turn}");
        using var file = new MemoryStream(System.Text.Encoding.UTF8.GetBytes("phone;first_name\n" + string.Join('\n', lines)));
        var imported = await world.Get<ImportContacts>().RunAsync(
            world.Caller, new ImportContacts.Input(file, "a.csv", null, DryRun: false), default);
        Assert.Equal(Batch, imported.Value.Created + imported.Value.Updated);
    }

    /// <summary>Freezes two pages of each kind of audience.</summary>
    private static async Task FreezeAsync(SendingFixture world)
    {
        var contacts = await world.ListAsync<Guid>("select id from contacts order by id limit @Count", new { Count = Batch * 2 });
        foreach (var audience in new Audience[]
        {
            new() { Tags = ["clients"] }, new() { ContactIds = contacts }, new() { ImportId = GrowingTables.Import },
        })
        {
            await FreezeAsync(world, audience, pages: 2);
        }
    }

    /// <summary>Cancels a campaign with pending messages.</summary>
    private static async Task CancelAsync(SendingFixture world)
    {
        var campaign = await world.CampaignAsync("cancelling");
        await world.MessagesAsync(Batch, campaign, firstRecipient: 600_000);
        await world.Get<CancelPendingMessages>().RunAsync(new CampaignIds(world.Tenant, campaign), default);
        Assert.Equal(Batch, (await world.CountersAsync(campaign))["canceled"]);
    }

    /// <summary>Freezing by a rare tag may read all contacts once for the campaign, but not once for every page.</summary>
    private async Task FreezeRareAsync(SendingFixture world, string stage)
    {
        statements.Take();
        await FreezeAsync(world, new Audience { Tags = ["rares"] }, pages: 1_000, pageSize: 10);
        var read = statements.Take()
            .Where(statement => statement.Text.Contains("c.tags &&", StringComparison.Ordinal))
            .Sum(statement => statement.Rows);
        var contacts = await world.OneAsync<int>("select count(*)::int from contacts");
        Assert.True(read < (contacts * 1.2) + MostRows, $"{read} rows were read of {contacts} contacts; tables {stage}");
    }

    private static async Task FreezeAsync(SendingFixture world, Audience audience, int pages, int pageSize = Batch)
    {
        var campaign = await world.CampaignAsync("starting");
        await world.ExecuteAsync(
            "update campaigns set audience = @Audience::jsonb, message1 = @Message1::jsonb where id = @campaign",
            new
            {
                campaign,
                Audience = Json.Write(audience),
                Message1 = Json.Write(new MessageContent { Type = "text", Body = "Bonjour {{first_name}}" }),
            });
        var freeze = world.Get<FreezeRecipients>();
        Guid? after = null;
        for (var page = 0; page < pages && await IsStartingAsync(world, campaign); page++)
        {
            var input = new FreezeRecipients.Input(new CampaignIds(world.Tenant, campaign), after);
            var result = await world.Get<TenantDb>().RunAsync(
                world.Tenant, tx => freeze.FreezeAsync(tx, input, pageSize, default), default);
            after = result.After;
        }

        await world.ExecuteAsync(
            """
            update messages set status = 'canceled', ended_at = now() where campaign_id = @campaign;
            update campaigns set status = 'cancelled' where id = @campaign
            """,
            new { campaign });
    }

    private static Task<bool> IsStartingAsync(SendingFixture world, Guid campaign) =>
        world.OneAsync<bool>("select status = 'starting' from campaigns where id = @campaign", new { campaign });
}
