using FsCheck;
using FsCheck.Fluent;
using Functions.Tests.Sending;
using Npgsql;
using Relais.Channels;
using Relais.Kit;
using Relais.Platform.Database;
using Relais.Platform.Http;
using Relais.Webhooks;

namespace Functions.Tests.Webhooks;

public sealed class WebhookBatchWriterTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    private static int sids;

    /// <summary>Adds a trigger that fails the effect of a report with the SQL state in its error code, or closes the connection.</summary>
    private const string FailOnDemand = """
        create or replace function fail_on_demand() returns trigger language plpgsql security definer as $$
        begin
          if new.error_code = 'kill' then
            perform pg_terminate_backend(pg_backend_pid());
          elsif new.error_code like 'sql:%' then
            raise exception 'rejected by the test' using errcode = substr(new.error_code, 5);
          end if;
          return new;
        end $$;
        create or replace trigger fail_on_demand before update on messages for each row execute function fail_on_demand();
        """;

    [Fact]
    public async Task Review_B01_A_webhook_is_stored_without_waiting_for_another()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        await using var writer = Writer(world);

        // Bursts of three webhooks for two readers: every reader becomes idle and is woken many times.
        for (var round = 0; round < 300; round++)
        {
            var stored = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => writer.StoreAsync(Other(world), default)))
                .WaitAsync(TimeSpan.FromSeconds(30));
            Assert.All(stored, result => Assert.True(result.IsNew));
        }
    }

    [Fact]
    public async Task Review_B01_A_stopping_app_answers_every_waiting_webhook()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var writer = Writer(world);
        var waiting = Enumerable.Range(0, 500).Select(_ => writer.StoreAsync(Other(world), default)).ToList();

        await writer.DisposeAsync();
        waiting.Add(writer.StoreAsync(Other(world), default));

        Assert.All(await Task.WhenAll(waiting), stored => Assert.True(stored.IsNew));
        Assert.Equal(
            501, await world.OneAsync<int>("select count(*)::int from webhook_events where tenant_id = @Tenant", new { world.Tenant }));
    }

    [Fact]
    public async Task FieldTrial_F02_Concurrent_callbacks_and_a_stop_are_all_recorded()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        await using var writer = Writer(world);
        var messages = await SentAsync(world, 4);
        var events = messages.Select((id, n) => n < 3 ? Status(world, id, "delivered") : Status(world, id, "undelivered", "30003"))
            .Append(Stop(world, Ids.Phone(7))).ToList();

        var stored = await StoreAsync(writer, events);

        Assert.All(stored, result => Assert.True(result.IsNew));
        Assert.Equal(
            ["delivered", "delivered", "delivered", "retry"],
            await world.ListAsync<string>("select status from messages where id = any(@messages) order by id", new { messages }));
        Assert.Equal([Ids.Phone(7)], await SuppressedAsync(world));
    }

    [Theory]
    [InlineData("sql:22023")]
    [InlineData("sql:23505")]
    [InlineData("sql:40001")]
    [InlineData("sql:40P01")]
    [InlineData("sql:53300")]
    [InlineData("sql:57014")]
    [InlineData("sql:P0001")]
    [InlineData("kill")]
    [InlineData("zero")]
    [InlineData("surrogate")]
    public async Task FieldTrial_F02_A_stop_next_to_a_failing_callback_counts_and_the_callback_is_stored(string fault)
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        await world.ExecuteAsync(FailOnDemand);
        await using var writer = Writer(world);
        var messages = await SentAsync(world, 2);
        WebhookEvent[] events =
            [
                Status(world, messages[0], "failed", fault), Stop(world, Ids.Phone(8)), Status(world, messages[1], "delivered"),
            ];

        var stored = await StoreAsync(writer, events);

        Assert.All(stored, result => Assert.True(result.IsNew));
        Assert.Equal(
            ["sent", "delivered"],
            await world.ListAsync<string>("select status from messages where id = any(@messages) order by id", new { messages }));
        Assert.Equal([Ids.Phone(8)], await SuppressedAsync(world));
        Assert.Equal(
            ("pending", 1),
            await world.OneAsync<(string, int)>(
                "select state, attempts from webhook_events where id = @Id and last_error <> '' and next_attempt_at > received_at",
                new { events[0].Id }));
        Assert.NotNull(stored[0].RetryDelay);

        // Once the fault is removed, the stored event gets its effect.
        await world.ExecuteAsync("drop trigger fail_on_demand on messages");
        await world.Get<ProcessWebhookEvent>().RunAsync(events[0].Id, default);
        Assert.Equal("failed", await world.StatusAsync(messages[0]));
        Assert.Equal("done", await world.OneAsync<string>("select state from webhook_events where id = @Id", new { events[0].Id }));
    }

    [Fact]
    public async Task FieldTrial_F02_A_message_locked_by_another_transaction_does_not_block_other_events()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        await using var writer = Writer(world);
        var messages = await SentAsync(world, 2);
        await using var holder = new NpgsqlConnection(postgres.Superuser);
        await holder.OpenAsync();
        await using var transaction = await holder.BeginTransactionAsync();
        await using (var lockRow = new NpgsqlCommand("select from messages where id = $1 for update", holder)
        {
            Parameters = { new() { Value = messages[0] } },
        })
        {
            await lockRow.ExecuteNonQueryAsync();
        }

        WebhookEvent[] events =
            [
                Status(world, messages[0], "delivered"), Status(world, messages[1], "delivered"), Stop(world, Ids.Phone(9)),
            ];
        var stored = await StoreAsync(writer, events).WaitAsync(TimeSpan.FromSeconds(14));

        Assert.All(stored, result => Assert.True(result.IsNew));
        Assert.Equal("delivered", await world.StatusAsync(messages[1]));
        Assert.Equal([Ids.Phone(9)], await SuppressedAsync(world));
        Assert.Equal(
            "PostgresException 55P03",
            await world.OneAsync<string>(
                "select last_error from webhook_events where id = @Id and state = 'pending'", new { events[0].Id }));
    }

    [Fact]
    public async Task FieldTrial_F02_Without_a_database_every_caller_gets_an_error()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        await using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1");
        await using var writer = new WebhookBatchWriter(
            new EventStore(new SystemDb(nowhere), world.Get<IWebhookProvider>(), world.Hash, TimeProvider.System, new Random(1)),
            world.Log.For<WebhookBatchWriter>());

        var waiting = Enumerable.Range(0, 50).Select(_ => writer.StoreAsync(Other(world), default)).ToList();

        foreach (var write in waiting)
        {
            var failure = await Assert.ThrowsAsync<EventNotStoredException>(() => write.WaitAsync(TimeSpan.FromSeconds(30)));
            Assert.IsType<DatabaseUnreachableException>(failure.InnerException);
        }
    }

    [Fact]
    public async Task FieldTrial_F02_Every_good_event_of_a_batch_has_its_effect_and_every_bad_event_is_stored()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        await world.ExecuteAsync(FailOnDemand);
        await using var writer = Writer(world);
        string[] good =
            [
                "status:delivered", "status:sent", "status:read", "status:failed:30005", "status:failed", "status:undelivered:30003",
                "status:canceled", "status:queued", "status:shiny", "inbound:STOP", "inbound:Bonjour", "other",
            ];
        string[] bad = ["bad:sql:22023", "bad:sql:40P01", "bad:kill", "bad:zero", "bad:surrogate"];
        var members = Gen.Frequency((5, Gen.Elements(good)), (1, Gen.Elements(bad)));
        var batches = Gen.ListOf(members).Where(list => list.Count is > 0 and < 30).ToArbitrary();

        Prop.ForAll(batches, batch => IsStoredCorrectlyAsync(world, writer, [.. batch]).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(25));
    }

    /// <returns>True when every event is stored once, good events have their effect and bad events are pending.</returns>
    private static async Task<bool> IsStoredCorrectlyAsync(SendingFixture world, WebhookBatchWriter writer, string[] batch)
    {
        var messages = await SentAsync(world, batch.Length);
        var events = batch.Select((member, n) => Member(world, member.Split(':', 3), messages[n])).ToList();

        var stored = await StoreAsync(writer, events);

        var states = await world.ListAsync<(Guid Id, string State)>(
            "select id, state from webhook_events where id = any(@Ids)", new { Ids = events.Select(item => item.Id).ToArray() });
        var statuses = (await world.ListAsync<(Guid Id, string Status)>(
                "select id, status from messages where id = any(@messages)", new { messages }))
            .ToDictionary(row => row.Id, row => row.Status);
        var suppressed = (await SuppressedAsync(world)).ToHashSet();
        return states.Count == batch.Length
            && stored.All(result => result.IsNew)
            && batch.Select((member, n) => (member, n)).All(entry =>
                states.Single(state => state.Id == events[entry.n].Id).State == StateOf(entry.member)
                && statuses[messages[entry.n]] == StatusOf(entry.member)
                && suppressed.Contains(PhoneOf(messages[entry.n])) == (entry.member == "inbound:STOP"));
    }

    private static string StateOf(string member) =>
        member.Split(':')[0] switch { "status" => "done", "other" => "ignored", _ => "pending" };

    private static string StatusOf(string member) => member switch
    {
        "status:undelivered:30003" => "retry",
        "status:delivered" or "status:read" or "status:failed:30005" or "status:failed" or "status:canceled" => member.Split(':')[1],
        _ => "sent",
    };

    private static WebhookEvent Member(SendingFixture world, string[] member, Guid message) => member[0] switch
    {
        "status" => Status(world, message, member[1], member.ElementAtOrDefault(2)),
        "bad" => Status(world, message, "failed", member.Length == 3 ? $"{member[1]}:{member[2]}" : member[1]),
        "inbound" => Inbound(world, PhoneOf(message), member[1]),
        _ => Other(world),
    };

    private static string PhoneOf(Guid message) => $"+22462{Math.Abs(message.GetHashCode()) % 10_000_000:d7}";

    private static async Task<Guid[]> SentAsync(SendingFixture world, int count)
    {
        var ids = (await world.MessagesAsync(count)).ToArray();
        await world.ExecuteAsync("update messages set status = 'sent', attempt = 1, sent_at = now() where id = any(@ids)", new { ids });
        return ids;
    }

    private static Task<StoreResult[]> StoreAsync(WebhookBatchWriter writer, IEnumerable<WebhookEvent> events) =>
        Task.WhenAll(events.Select(item => writer.StoreAsync(item, default)));

    private static Task<List<string>> SuppressedAsync(SendingFixture world) =>
        world.ListAsync<string>("select address from suppressions where tenant_id = @Tenant order by address", new { world.Tenant });

    private static WebhookBatchWriter Writer(SendingFixture world) =>
        new(world.Get<EventStore>(), world.Log.For<WebhookBatchWriter>());

    private static WebhookEvent Stop(SendingFixture world, string phone) => Inbound(world, phone, "STOP");

    private static WebhookEvent Inbound(SendingFixture world, string phone, string text) =>
        Event(world, WebhookEvent.InboundKind, "", new() { ["From"] = phone, ["To"] = Ids.Phone(1), ["Body"] = text });

    private static WebhookEvent Other(SendingFixture world) => Event(world, WebhookEvent.OtherKind, "", new() { ["EventKind"] = "new" });

    private static WebhookEvent Status(SendingFixture world, Guid message, string status, string? code = null) =>
        Event(
            world, WebhookEvent.StatusKind, status,
            new()
            {
                ["To"] = Ids.Phone(1),
                ["MessageStatus"] = status,
                ["ErrorCode"] = code is "zero" or "surrogate" ? "30005" : code ?? "",
            })
        with
        {
            MessageId = message,
            Attempt = 1,
            ErrorCode = code switch { "zero" => "\0", "surrogate" => "\ud800", _ => code },
        };

    private static WebhookEvent Event(SendingFixture world, string kind, string status, Dictionary<string, string> fields)
    {
        var sid = $"SMbatch{Interlocked.Increment(ref sids):d25}";
        fields["MessageSid"] = sid;
        return new WebhookEvent(Guid.CreateVersion7(), world.Tenant, "twilio", kind, sid, status, Json.Write(fields), Now);
    }
}
