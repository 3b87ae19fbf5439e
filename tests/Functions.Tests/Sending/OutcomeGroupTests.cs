using System.Collections.Concurrent;
using FsCheck;
using FsCheck.Fluent;
using Npgsql;
using Relais.Channels;
using Relais.Kit;
using Relais.Sending.Unknown;

namespace Functions.Tests.Sending;

/// <summary>Outcomes are recorded in groups. The failure of one outcome does not affect the others.</summary>
public sealed class OutcomeGroupTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private enum Answer
    {
        Accepted,
        Throttled,
        ServerError,
        Refused,
        OptedOut,
        Misconfigured,
        NotSent,
        Released,
        UnreadableSid,
        UnknownStatus,
        Unstorable,
    }

    private static readonly Answer[] Answers = Enum.GetValues<Answer>();

    [Fact]
    public void FieldTrial_F02_Every_outcome_is_recorded_in_any_order_and_mix()
    {
        var mixes = Gen.ArrayOf(Gen.Elements(Answers)).Where(mix => mix.Length > 0).ToArbitrary();

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(25), Prop.ForAll(mixes, mix => RecordAsync(mix).GetAwaiter().GetResult()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(100)]
    public async Task FieldTrial_F02_Any_number_of_unstorable_outcomes_leaves_the_others_recorded(int unstorable) =>
        await RecordAsync([.. Enumerable.Range(0, 100).Select(n => n * 37 % 100 < unstorable ? Answer.Unstorable : Answers[n % 8])]);

    [Theory]
    [InlineData("P0001")]
    [InlineData("40001")]
    [InlineData("40P01")]
    [InlineData("55P03")]
    [InlineData("22021")]
    public async Task FieldTrial_F02_Outcome_rejected_by_the_database_becomes_unknown_and_the_pump_continues(string errorCode)
    {
        await using var world = await SendingFixture.CreateAsync(await postgres.CreateDatabaseAsync(), paceUnits: 1000);
        var ids = await world.MessagesAsync(90);
        await world.RejectUpdatesAsync(ids[7], errorCode, "new.status in ('accepted', 'queued')");

        await world.PumpAsync();

        Assert.Equal(90, world.Provider.ReceivedCalls.Count);
        Assert.Equal(1, world.ResolveRequestCount);
        Assert.Equal("unknown", await world.StatusAsync(ids[7]));
        Assert.Equal(89, await world.OneAsync<int>("select count(*)::int from messages where status = 'queued'"));
        Assert.Equal(1, world.Measured("outcomes_not_recorded"));
        Assert.Contains(
            world.Log.Entries,
            entry => entry.Contains(ids[7].ToString(), StringComparison.Ordinal) && entry.StartsWith("Error", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("P0001", 0)]
    [InlineData("22021", 44)]
    [InlineData("40P01", 89)]
    public async Task FieldTrial_F02_Message_that_cannot_be_claimed_does_not_block_the_others(string errorCode, int place)
    {
        await using var world = await SendingFixture.CreateAsync(await postgres.CreateDatabaseAsync(), paceUnits: 1000);
        var ids = await world.MessagesAsync(90);
        await world.RejectUpdatesAsync(ids[place], errorCode, "new.status = 'claimed'");

        await world.PumpAsync();

        Assert.Equal(ids.Where(id => id != ids[place]).Order(), world.Provider.ReceivedCalls.Select(seen => seen.Message.Id).Order());
        Assert.Equal("pending", await world.StatusAsync(ids[place]));
        Assert.Equal(1, world.Measured("messages_not_claimed"));
        // The next wake comes from the sweep: an immediate wake would retry the message in an endless loop.
        Assert.Null(world.NextDue);
        await world.ExecuteAsync("drop trigger refuse on messages");
        await world.PumpAsync();
        Assert.Equal(90, world.Provider.ReceivedCalls.Count);
    }

    [Fact]
    public async Task FieldTrial_F02_Database_error_on_every_claim_is_not_counted_per_message()
    {
        await using var world = await SendingFixture.CreateAsync(await postgres.CreateDatabaseAsync(), paceUnits: 1000);
        await world.MessagesAsync(20);
        await world.ExecuteAsync("revoke update on messages from relais_system");

        var failure = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => world.PumpAsync());

        Assert.Equal("42501", failure.SqlState);
        Assert.Equal(0, world.Measured("messages_not_claimed"));
    }

    [Fact]
    public async Task FieldTrial_F02_Outcome_that_cannot_be_recorded_at_all_is_resolved_later()
    {
        await using var world = await SendingFixture.CreateAsync(await postgres.CreateDatabaseAsync(), paceUnits: 1000);
        var ids = await world.MessagesAsync(30);
        await world.RejectUpdatesAsync(ids[3], "P0001", "old.status = 'claimed'");

        await world.PumpAsync();
        Assert.Equal("claimed", await world.StatusAsync(ids[3]));
        Assert.Equal(29, await world.OneAsync<int>("select count(*)::int from messages where status = 'queued'"));

        // The database still rejects this message. It must not block the other messages of the sender.
        var more = await world.MessagesAsync(5, firstRecipient: 500);
        await world.PumpAsync();
        Assert.Equal("claimed", await world.StatusAsync(ids[3]));
        Assert.Equal(34, await world.OneAsync<int>("select count(*)::int from messages where status = 'queued'"));

        await world.ExecuteAsync("drop trigger refuse on messages; update messages set claimed_at = claimed_at - interval '35 seconds'");
        Assert.Equal(0, (await world.PumpAsync()).Accepted);
        world.Provider.Listed[Ids.Phone(4)] =
            [
                new ListedMessage("SMfound", "delivered", null, DateTimeOffset.UtcNow.AddSeconds(-35), "Bonjour"),
            ];
        await world.Get<ResolveUnknownOutcomes>().RunAsync(world.Sender, default);
        Assert.Equal("delivered", await world.StatusAsync(ids[3]));
        Assert.Equal(35, world.Provider.ReceivedCalls.Count);
    }

    [Fact]
    public async Task FieldTrial_F02_Retry_that_cannot_be_scheduled_does_not_stop_the_pump()
    {
        await using var world = await SendingFixture.CreateAsync(await postgres.CreateDatabaseAsync(), paceUnits: 1000);
        var ids = await world.MessagesAsync(60);
        world.Provider.Answer = message => message.Id == ids[5] || message.Id == ids[6] ? new SendOutcome.Rejected("20429", 429) : null;
        var requested = new ConcurrentQueue<Guid>();
        world.OnRetryWaiting = message =>
        {
            requested.Enqueue(message.Id);
            throw new InvalidOperationException("no scheduler");
        };

        Assert.Equal(58, (await world.PumpAsync()).Accepted);

        Assert.Equal([ids[5], ids[6]], requested.Order());
        Assert.Equal(2, await world.OneAsync<int>("select count(*)::int from messages where status = 'retry'"));
        Assert.Equal(58, await world.OneAsync<int>("select count(*)::int from messages where status = 'queued'"));
        Assert.True(await world.OneAsync<bool>("select lease_until is null from sender_leases"));
    }

    [Fact]
    public async Task FieldTrial_F02_Provider_call_that_throws_does_not_affect_other_messages()
    {
        await using var world = await SendingFixture.CreateAsync(await postgres.CreateDatabaseAsync(), paceUnits: 1000);
        var ids = await world.MessagesAsync(60);
        world.Provider.Answer = message => message.Id == ids[5] ? throw new InvalidOperationException("broken edge") : null;

        var result = await world.PumpAsync();

        Assert.Equal((59, 1), (result.Accepted, world.ResolveRequestCount));
        Assert.Equal("unknown", await world.StatusAsync(ids[5]));
        Assert.Equal(59, await world.OneAsync<int>("select count(*)::int from messages where status = 'queued'"));
        Assert.Contains(world.Log.Entries, entry => entry.Contains("broken edge", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Unknown_outcomes_are_queued_while_the_pump_runs()
    {
        await using var world = await SendingFixture.CreateAsync(await postgres.CreateDatabaseAsync(), paceUnits: 10);
        var ids = await world.MessagesAsync(50);
        world.Provider.Answer = message => ids.Take(20).Contains(message.Id) ? throw new InvalidOperationException("broken edge") : null;

        var pump = world.PumpAsync();
        await Wait.UntilAsync(() => world.ResolveRequestCount > 0);

        Assert.False(pump.IsCompleted);
        Assert.Equal(30, (await pump).Accepted);
        Assert.InRange(world.ResolveRequestCount, 1, 4);
    }

    [Fact]
    public async Task FieldTrial_F02_Database_outage_of_some_seconds_loses_no_outcome()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var world = await SendingFixture.CreateAsync(database, paceUnits: 1000);
        await world.MessagesAsync(100);
        var cut = 0;
        world.Provider.Answer = _ =>
        {
            if (Interlocked.Increment(ref cut) == 50)
            {
                world.ExecuteAsync(
                    $"alter database {database.Name} connection limit 0; "
                    + "select pg_terminate_backend(pid) from pg_stat_activity "
                    + "where usename = 'relais_system' and datname = current_database()")
                    .GetAwaiter().GetResult();
                Task.Delay(3000).ContinueWith(
                    task => world.ExecuteAsync($"alter database {database.Name} connection limit -1"), TaskScheduler.Default);
            }

            return (SendOutcome?)null;
        };

        // The pump may stop claiming, but it must record every message that it sent.
        var failure = await Record.ExceptionAsync(() => world.PumpAsync());

        Assert.True(failure is null or NpgsqlException, $"{failure}");
        Assert.True(world.Provider.ReceivedCalls.Count >= 50, $"{world.Provider.ReceivedCalls.Count} were sent");
        Assert.Equal(
            world.Provider.ReceivedCalls.Count, await world.OneAsync<int>("select count(*)::int from messages where status = 'queued'"));
    }

    [Fact]
    public async Task FieldTrial_F02_Unknown_message_that_cannot_be_updated_does_not_block_the_others()
    {
        await using var world = await SendingFixture.CreateAsync(await postgres.CreateDatabaseAsync(), paceUnits: 1000);
        var ids = await world.MessagesAsync(10);
        world.Provider.Answer = _ => new SendOutcome.Unknown(SendErrorActions.NoAnswer);
        await world.PumpAsync();
        await world.ExecuteAsync("update messages set claimed_at = claimed_at - interval '35 seconds'");
        await world.RejectUpdatesAsync(ids[0], "P0001", "old.status = 'unknown' and new.status <> 'unknown'");

        var (moved, _) = await world.Get<ResolveUnknownOutcomes>().RunAsync(world.Sender, default);

        Assert.Equal(ids.Skip(1), moved.Select(move => move.Id).Order());
        Assert.Equal("unknown", await world.StatusAsync(ids[0]));
        Assert.Equal(9, await world.OneAsync<int>("select count(*)::int from messages where status = 'retry'"));
        Assert.Contains(
            world.Log.Entries,
            entry => entry.Contains(ids[0].ToString(), StringComparison.Ordinal) && entry.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task FieldTrial_F02_Lookup_that_throws_for_a_message_does_not_block_the_others()
    {
        await using var world = await SendingFixture.CreateAsync(await postgres.CreateDatabaseAsync(), paceUnits: 1000);
        await world.MessagesAsync(10);
        world.Provider.Answer = _ => new SendOutcome.Unknown(SendErrorActions.NoAnswer);
        await world.PumpAsync();
        await world.ExecuteAsync("update messages set claimed_at = claimed_at - interval '35 seconds'");
        world.Provider.OnListRequested = address => address == Ids.Phone(1)
            ? throw new InvalidOperationException("broken lookup")
            : Task.CompletedTask;

        await world.Get<ResolveUnknownOutcomes>().RunAsync(world.Sender, default);

        Assert.Equal(9, await world.OneAsync<int>("select count(*)::int from messages where status = 'retry'"));
    }

    [Fact]
    public async Task FieldTrial_F02_Overdue_message_that_cannot_be_updated_does_not_block_the_others()
    {
        await using var world = await SendingFixture.CreateAsync(await postgres.CreateDatabaseAsync(), paceUnits: 1000);
        var ids = await world.MessagesAsync(20);
        await world.PumpAsync();
        await world.ExecuteAsync("update messages set claimed_at = now() - interval '2 hours', provider_sid = 'SM' || id");
        world.Provider.Listed[""] = ids.ConvertAll(id => new ListedMessage($"SM{id}", "delivered", null, DateTimeOffset.UtcNow, "Bonjour"));
        await world.RejectUpdatesAsync(ids[4], "P0001", "new.status = 'delivered'");

        await world.Get<Relais.Sending.Overdue.PollOverdueStatuses>().RunAsync(default);

        Assert.Equal("queued", await world.StatusAsync(ids[4]));
        Assert.Equal(19, await world.OneAsync<int>("select count(*)::int from messages where status = 'delivered'"));
    }

    [Fact]
    public async Task FieldTrial_F02_Sender_whose_lookup_fails_does_not_block_polling_of_other_senders()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var broken = await SendingFixture.CreateAsync(database, paceUnits: 1000);
        await using var world = await SendingFixture.CreateAsync(database, paceUnits: 1000);
        foreach (var fixture in new[] { broken, world })
        {
            var id = Assert.Single(await fixture.MessagesAsync(1));
            await fixture.ExecuteAsync(
                """
                update messages set status = 'sent', attempt = 1, claimed_at = now() - interval '2 hours', provider_sid = 'SM' || id
                  where id = @id
                """,
                new { id });
            world.Provider.Listed[$"{id}"] = [new ListedMessage($"SM{id}", "delivered", null, DateTimeOffset.UtcNow, "Bonjour")];
        }

        world.Provider.OnFetchRequested = sender => sender.Id == broken.Sender
            ? throw new InvalidOperationException("broken lookup")
            : Task.CompletedTask;

        await world.Get<Relais.Sending.Overdue.PollOverdueStatuses>().RunAsync(default);

        Assert.Equal(
            "delivered", await world.OneAsync<string>("select status from messages where sender_id = @Sender", new { world.Sender }));
        Assert.Equal("sent", await world.OneAsync<string>("select status from messages where sender_id = @Sender", new { broken.Sender }));
    }

    [Fact]
    public async Task FieldTrial_F02_Message_that_cannot_be_failed_does_not_stop_the_sweep()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var disconnected = await SendingFixture.CreateAsync(database);
        await using var world = await SendingFixture.CreateAsync(database);
        var stranded = await disconnected.MessagesAsync(3);
        await disconnected.ExecuteAsync("update senders set account_id = null where id = @Sender", new { disconnected.Sender });
        var late = Assert.Single(await world.MessagesAsync(1));
        await world.ExecuteAsync(
            "update messages set status = 'retry', due_at = now() - interval '10 minutes' where id = @late", new { late });
        await disconnected.RejectUpdatesAsync(stranded[1], "P0001", "new.status = 'failed'");

        await world.SweepAsync();

        Assert.Equal("pending", await world.StatusAsync(late));
        Assert.Equal(
            ["failed", "pending", "failed"],
            await disconnected.ListAsync<string>(
                "select status from messages where sender_id = @Sender order by id", new { disconnected.Sender }));
    }

    /// <summary>Sends one message per answer and compares the stored status of each message with the answer of the provider.</summary>
    private async Task RecordAsync(Answer[] mix)
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database, paceUnits: 1000);
        var ids = await world.MessagesAsync(mix.Length);
        var answers = ids.Zip(mix).ToDictionary(pair => pair.First, pair => pair.Second);
        var released = new ConcurrentDictionary<Guid, bool>();
        world.Provider.Answer = message => Outcome(answers[message.Id], message.Id, released);

        // A message that is released after the last claim of a pump is sent by the next pump.
        for (var n = 0; n < 3; n++)
        {
            await world.PumpAsync();
        }

        var rows = await world.ListAsync<(Guid Id, string Status, string? Code)>(
            "select id, status, error_code from messages where tenant_id = @Tenant", new { world.Tenant });
        Assert.Equal(
            ids.Select(id => (id, Expected(answers[id]))).Order(),
            rows.Select(row => (row.Id, (row.Status, row.Status is "unknown" ? null : row.Code))).Order());
        Assert.Equal(
            mix.Count(answer => answer == Answer.OptedOut),
            await world.OneAsync<int>("select count(*)::int from suppressions where tenant_id = @Tenant", new { world.Tenant }));
        Assert.Equal(mix.Length, world.Provider.ReceivedCalls.Select(seen => seen.Message.Id).Distinct().Count());
    }

    private static SendOutcome? Outcome(Answer answer, Guid id, ConcurrentDictionary<Guid, bool> released) => answer switch
    {
        Answer.Throttled => new SendOutcome.Rejected("20429", 429),
        Answer.ServerError => new SendOutcome.Unknown("http_503"),
        Answer.Refused => new SendOutcome.Rejected("21211", 400),
        Answer.OptedOut => new SendOutcome.Rejected("21610", 400),
        Answer.Misconfigured => new SendOutcome.Rejected("20003", 401),
        Answer.NotSent => new SendOutcome.NotSent(SendErrorActions.Unreachable),
        Answer.Released => released.TryAdd(id, true) ? new SendOutcome.SendDeadlinePassed() : null,
        // Two messages get the same SID: the second message keeps its outcome, but without the SID.
        Answer.UnreadableSid => new SendOutcome.Accepted("SMtwice", "queued"),
        Answer.UnknownStatus => new SendOutcome.Accepted($"SM{id:N}", "partially_delivered"),
        Answer.Unstorable => new SendOutcome.Accepted($"SM\0{id:N}", "queued"),
        _ => null,
    };

    private static (string Status, string? Code) Expected(Answer answer) => answer switch
    {
        Answer.Throttled => ("retry", "20429"),
        Answer.ServerError or Answer.Unstorable => ("unknown", null),
        Answer.Refused => ("failed", "21211"),
        Answer.OptedOut => ("failed", "21610"),
        Answer.Misconfigured => ("failed", "20003"),
        Answer.NotSent => ("retry", SendErrorActions.Unreachable),
        Answer.UnknownStatus => ("accepted", null),
        _ => ("queued", null),
    };
}
