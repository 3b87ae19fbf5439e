using System.Globalization;
using Dapper;
using Npgsql;
using Relais.Kit;
using Relais.Simulators;
using Xunit.Abstractions;

namespace EndToEnd.Tests.Campaigns;

/// <summary>
/// Kills the app with SIGKILL at random moments of a campaign without a rate limit. Exactly the messages being sent become unknown, so each
/// kill shows whether their number is bounded.
/// </summary>
public sealed class KilledWhileSendingTests(PostgresFixture postgres, AzuriteFixture storage, ITestOutputHelper output)
    : IClassFixture<PostgresFixture>, IClassFixture<AzuriteFixture>
{
    private const int MaxClaim = 64;
    private const int Recipients = 900;
    private const int UnlimitedRate = 100_000;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    // Both functions run with the rights of their owner, because the app has no rights on these tables.
    private const string CreateTriggers = """
        create table became_unknown (id uuid not null);
        create table recording (seconds float8 not null);
        insert into recording values (0);
        create function note_unknown() returns trigger language plpgsql security definer as $$
          begin insert into public.became_unknown values (new.id); return null; end $$;
        create trigger note_unknown after update on messages
          for each row when (new.status = 'unknown' and old.status <> 'unknown') execute function note_unknown();
        create function slow_recording() returns trigger language plpgsql security definer as $$
          begin
            perform pg_advisory_xact_lock_shared(17);
            perform pg_sleep(seconds) from public.recording where seconds > 0;
            return new;
          end $$;
        create trigger slow_recording before update on messages
          for each row when (old.status = 'claimed' and new.status <> 'claimed') execute function slow_recording();
        """;

    // A killed process cannot send any more, so the test need not wait until its lease expires.
    private const string EndLease = "update sender_leases set lease_until = clock_timestamp()";

    // Makes unknown messages old enough for a query to the provider, but young enough that their claims still accept the arrivals that it
    // lists.
    private const string MakeUnknownOlder = "update messages set claimed_at = claimed_at - interval '31 seconds' where status = 'unknown'";

    private const string CountClaimedByKilled = "select count(*)::int from messages where status = 'claimed' and claim_epoch <= @Epoch";

    private const string CountUnfinished = "select count(*)::int from messages where status in ('pending', 'retry', 'claimed', 'unknown')";

    [Fact]
    public async Task FieldTrial_F17_A_kill_at_any_moment_leaves_no_more_than_MaxClaim_unknown_and_nothing_is_sent_twice()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var system = await StartAsync();
        var contacts = CampaignSteps.Contacts(Recipients).ToList();
        var campaign = await system.StartCampaignAsync(contacts);

        await KillAsync(system, random, "at full speed");
        await system.Database.ExecuteAsync("update recording set seconds = 0.02");
        var slow = await KillAsync(system, random, "while each row takes 20 ms to record");
        await system.Database.ExecuteAsync("update recording set seconds = 0");
        var stopped = await KillWhileRecordingIsBlockedAsync(system, random);
        await KillAsync(system, random, "at full speed again");

        // Without these lower bounds the test would also pass for code that records each outcome immediately.
        Assert.InRange(slow, MaxClaim / 4, MaxClaim);
        Assert.InRange(stopped, MaxClaim / 2, MaxClaim);
        await SettleAsync(system);
        await system.WaitForEndAsync(campaign, Limit);
        Assert.Empty(system.Simulator.Report().SentTwice);
        Assert.Equal(Recipients, system.Simulator.Report().Accepted);
        Assert.Equal(contacts, system.Simulator.Messages().Select(message => message.Contact).Order(StringComparer.Ordinal));
        Assert.Equal(
            Recipients,
            await system.Database.OneAsync<int>("select count(*)::int from messages where status_rank(status) between 10 and 16"));
    }

    private async Task<RelaisSystem> StartAsync()
    {
        var system = await RelaisSystem.StartAsync(postgres, storage, new RelaisSystemOptions
        {
            Channel = "sms",
            Rate = UnlimitedRate,
            Settings = new Dictionary<string, string?> { ["Sending__MaxInProgress"] = MaxClaim.ToString(CultureInfo.InvariantCulture) },

            // Callbacks are dropped, so only the provider's list can settle a message.
            Simulator = new()
            {
                Delivery = RelaisSystemOptions.Swift,
                Faults = new FaultSettings { DropCallback = 1, LatencyMs = 5, LatencyJitterMs = 20 },
            },
        });
        await system.Database.ExecuteAsync(CreateTriggers);
        return system;
    }

    /// <returns>The number of messages that became unknown through this kill.</returns>
    private async Task<int> KillAsync(RelaisSystem system, Random random, string moment)
    {
        await MoreAcceptedAsync(system, random.Next(20, 150));
        await Task.Delay(random.Next(100));
        return await KillAsync(system, moment);
    }

    private async Task<int> KillWhileRecordingIsBlockedAsync(RelaisSystem system, Random random)
    {
        await MoreAcceptedAsync(system, random.Next(20, 80));
        var recordingLock = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(system.Database.Superuser) { Pooling = false }.ConnectionString);
        await recordingLock.OpenAsync();
        await recordingLock.ExecuteAsync("select pg_advisory_lock(17)");
        await Task.Delay(random.Next(800, 2_500));
        return await KillAsync(system, "while recording is blocked", recordingLock);
    }

    private async Task<int> KillAsync(RelaisSystem system, string moment, NpgsqlConnection? recordingLock = null)
    {
        var epoch = await system.Database.OneAsync<long>("select max(epoch) from sender_leases");
        var before = await system.Database.OneAsync<int>("select count(*)::int from became_unknown");
        await system.App.KillAsync();
        await (recordingLock?.DisposeAsync() ?? ValueTask.CompletedTask);
        await system.Database.ExecuteAsync(EndLease);
        await system.App.StartAgainAsync();
        await Wait.UntilAsync(async () => await system.Database.OneAsync<long>("select max(epoch) from sender_leases") > epoch);
        await Wait.UntilAsync(async () => await system.Database.OneAsync<int>(CountClaimedByKilled, new { Epoch = epoch }) == 0);

        var unknown = await system.Database.OneAsync<int>("select count(*)::int from became_unknown") - before;
        output.WriteLine($"killed {moment}: {unknown} unknown, {system.Simulator.Accepted} accepted");
        Assert.InRange(unknown, 0, MaxClaim);
        return unknown;
    }

    private static Task MoreAcceptedAsync(RelaisSystem system, int more)
    {
        var target = system.Simulator.Accepted + more;
        return Wait.UntilAsync(() => system.Simulator.Accepted >= target);
    }

    /// <summary>Restarts the app, because a new process resolves messages of unknown outcome when it starts.</summary>
    private static async Task SettleAsync(RelaisSystem system)
    {
        await Wait.UntilAsync(async () =>
            await system.Database.OneAsync<int>("select count(*)::int from messages where status in ('pending', 'claimed')") == 0);
        await system.Database.ExecuteAsync(MakeUnknownOlder);
        await system.App.StopAsync();
        await system.App.StartAgainAsync();
        await Wait.UntilAsync(async () => await system.Database.OneAsync<int>(CountUnfinished) == 0, Limit);
    }
}
