using System.Net;
using Relais.Kit;
using Relais.Simulators;

namespace EndToEnd.Tests.Numbers;

/// <summary>
/// SIGKILL at each step of a purchase and of a release: just before each commit, and before and after the provider took each call.
/// Every case stands at its point when the one kill comes. Afterwards the provider is asked what was sold.
/// </summary>
public sealed class KilledPurchaseTests(PostgresFixture postgres, AzuriteFixture storage) : IClassFixture<PostgresFixture>, IClassFixture<AzuriteFixture>
{
    /// <summary>Where a case stands: at a commit, or at a call of the provider, before or after its effect.</summary>
    private sealed record Point(string Name, string? Gate, string? Call = null, RestFault? Hold = null, RestFault? Before = null, bool Drifts = false, bool Fails = false);

    private static readonly Point[] Points =
    [
        new("before the order is committed", "inserted"),
        new("before a purchase begins", "buying"),
        new("before the provider sells", null, "numbers.create", RestFault.HangBefore),
        new("after the provider sold", null, "numbers.create", RestFault.HangAfter),
        new("before the purchase is committed", "bought"),
        new("before the number is stored", "stored"),
        new("before the webhooks are read", null, "numbers.fetch", RestFault.HangBefore),
        new("before the webhooks are set", null, "numbers.update", RestFault.HangBefore, Drifts: true),
        new("after the webhooks were set", null, "numbers.update", RestFault.HangAfter, Drifts: true),
        new("before the connection is committed", "connected"),
        new("before the sender is committed", "done"),
        new("before it is to be undone", "undoing", Fails: true),
        new("before the number is given back", null, "numbers.delete", RestFault.HangBefore, Fails: true),
        new("after the number was given back", null, "numbers.delete", RestFault.HangAfter, Fails: true),
        new("before the failure is committed", "failed", Fails: true),
    ];

    [Fact]
    public async Task A_killed_purchase_ends_with_a_working_number_or_none()
    {
        await using var system = await TelephonySystem.StartAsync(postgres, storage, callTimeout: "00:00:15", settleAfter: "00:00:24.5");
        await using var gates = await RequestBarriers.CreateAsync(system);
        var lines = new List<TestTenant>();
        var closed = new List<RequestBarriers.RequestBarrier>();
        var calls = new List<Task<Reply?>>();
        foreach (var point in Points)
        {
            var line = await TestTenant.OpenAsync(system);
            lines.Add(line);
            var start = point.Gate == "inserted" ? null : await gates.CloseAsync(line, "buying");
            var gate = point.Gate is null or "buying" ? null : await gates.CloseAsync(line, point.Gate);
            calls.Add(TestTenant.TryAsync(() => line.BuyAsync("t")));
            await BringToItsPointAsync(gates, line, point, start, gate);
            closed.AddRange(new[] { gate, point.Gate == "buying" ? start : null }.OfType<RequestBarriers.RequestBarrier>());
        }

        await system.App.KillAsync();
        foreach (var gate in closed)
        {
            await gate.OpenAsync();
        }

        await Task.WhenAll(calls);
        var orphan = await OrphanAsync(system);
        await system.App.StartAgainAsync();

        await Task.WhenAll(Points.Zip(lines, (point, line) => SettledAsync(line, point)));
        await Wait.UntilAsync(async () => await orphan.StatusAsync() == "done", TimeSpan.FromSeconds(60));
        await orphan.AssertWorksAsync();
        Assert.Empty(system.Simulator.NumberReport().BoughtAgain);
        AssertNothingLeaked(system, [.. lines, orphan]);
        lines.ForEach(line => line.Dispose());
        orphan.Dispose();
    }

    [Fact]
    public async Task Whenever_it_is_killed_a_release_that_was_begun_is_finished()
    {
        await using var system = await TelephonySystem.StartAsync(postgres, storage, callTimeout: "00:00:15", settleAfter: "00:00:24.5");
        await using var gates = await RequestBarriers.CreateAsync(system);
        var lines = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => TestTenant.OpenAsync(system)));
        var ids = await Task.WhenAll(lines.Select(async line =>
        {
            await line.BuyAsync();
            return (await line.SendAsync("GET", "/api/v1/telephony/numbers")).Body.GetProperty("numbers")[0].GetProperty("id").GetString();
        }));
        var closed = new[] { await gates.CloseAsync(lines[0], "number releasing"), await gates.CloseAsync(lines[1], "number released") };
        system.Simulator.FailNext("numbers.delete", RestFault.HangBefore, accountSid: lines[2].AccountSid);
        system.Simulator.FailNext("numbers.delete", RestFault.HangAfter, accountSid: lines[3].AccountSid);

        var calls = lines.Zip(ids, (line, id) => TestTenant.TryAsync(() => line.SendAsync("POST", $"/api/v1/telephony/numbers/{id}/release", new { phone_number = line.Number }))).ToList();
        await Task.WhenAll(closed.Select(gate => gate.ReachedAsync()));
        await Wait.UntilAsync(() => system.Simulator.Calls.GetValueOrDefault("numbers.delete") == 3);
        await system.App.KillAsync();
        foreach (var gate in closed)
        {
            await gate.OpenAsync();
        }

        await Task.WhenAll(calls);
        await system.App.StartAgainAsync();

        // nothing was committed: the number is as it was
        await lines[0].AssertWorksAsync(sends: true);
        foreach (var line in lines[1..])
        {
            await Wait.UntilAsync(async () => await system.Database.OneAsync<string>("select state from phone_numbers where number = @Number", new { line.Number }) == "released");
            Assert.Empty(system.Simulator.Numbers(line.AccountSid));
            Assert.NotNull(await system.Database.OneAsync<DateTime?>("select retired_at from senders where address = @Number", new { line.Number }));
        }

        Array.ForEach(lines, line => line.Dispose());
    }

    private static async Task BringToItsPointAsync(RequestBarriers gates, TestTenant line, Point point, RequestBarriers.RequestBarrier? start, RequestBarriers.RequestBarrier? gate)
    {
        if (start is null)
        {
            await gate!.ReachedAsync();
            return;
        }

        await start.ReachedAsync();
        if (point.Gate == "buying")
        {
            return;
        }

        var stored = point.Drifts ? await gates.CloseAsync(line, "stored") : null;
        if (point.Fails)
        {
            line.Simulator.FailNext("numbers.fetch", RestFault.Error(21502), times: point.Gate == "undoing" ? 2 : 1, accountSid: line.AccountSid);
        }

        if (point.Call is not null)
        {
            line.Simulator.FailNext(point.Call, point.Hold!, accountSid: line.AccountSid);
        }

        var before = line.Simulator.Calls.GetValueOrDefault(point.Call ?? "");
        await start.OpenAsync();
        if (stored is not null)
        {
            await stored.ReachedAsync();
            line.Simulator.ChangeInConsole(line.Number, number => number with { SmsUrl = "https://elsewhere.example/sms" });
            await stored.OpenAsync();
        }

        // one line after the other: the call is this line's
        await (gate?.ReachedAsync() ?? Wait.UntilAsync(() => line.Simulator.Calls.GetValueOrDefault(point.Call!) > before));
    }

    private static async Task SettledAsync(TestTenant line, Point point)
    {
        var reply = await line.BuyToTheEndAsync("t");
        if (point.Fails)
        {
            Assert.Equal((point.Name, "provider_refused"), (point.Name, reply.Code));
            await line.AssertNothingAsync();
            return;
        }

        Assert.True(reply.Status == HttpStatusCode.OK, $"{point.Name}: {reply.Status} {reply.Body}");
        await line.AssertWorksAsync(sends: point.Call is not null);
    }

    /// <summary>An order whose run was never scheduled.</summary>
    private static async Task<TestTenant> OrphanAsync(RelaisSystem system)
    {
        await system.App.StartAgainAsync();
        var line = await TestTenant.OpenAsync(system);
        await system.App.KillAsync();
        await system.Database.ExecuteAsync("""
            insert into number_orders (id, tenant_id, account_id, idempotency_key, number, country, number_type, ordered_by, created_at)
            select @Id, @TenantId, id, 'orphan', @Number, 'CA', 'local', '{"kind":1,"id":"x","name":""}', now() from provider_accounts where tenant_id = @TenantId
            """, new { Id = Guid.CreateVersion7(), line.TenantId, line.Number });
        return line;
    }

    private static void AssertNothingLeaked(RelaisSystem system, IReadOnlyList<TestTenant> lines)
    {
        var histories = system.Watch.Kept("what was written to /");
        var log = system.App.Log.Tail(100_000);
        Assert.Contains("PurchaseNumberV1", histories, StringComparison.Ordinal);
        Assert.All(lines.SelectMany(line => new[] { line.Number[1..], line.Token }), secret =>
        {
            Assert.DoesNotContain(secret, histories, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, log, StringComparison.Ordinal);
        });
    }
}
