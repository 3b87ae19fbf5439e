using System.Net;
using Relais.Kit;
using Relais.Simulators;

namespace EndToEnd.Tests.Numbers;

/// <summary>
/// Kills the app with SIGKILL at each step of a purchase and of a release: just before each commit, and before and after the provider
/// carries out each call. All cases wait at their step when the one kill happens. Afterwards the simulator shows which numbers were sold.
/// </summary>
public sealed class KilledPurchaseTests(PostgresFixture postgres, AzuriteFixture storage)
    : IClassFixture<PostgresFixture>, IClassFixture<AzuriteFixture>
{
    /// <summary>The step at which a case waits: a commit, or a call of the provider before or after its effect.</summary>
    private sealed record Point(
        string Name, string? Gate, string? Call = null, RestFault? Hold = null, RestFault? Before = null, bool Drifts = false,
        bool Fails = false);

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
        await using var barriers = await RequestBarriers.CreateAsync(system);
        var tenants = new List<TestTenant>();
        var closed = new List<RequestBarriers.RequestBarrier>();
        var calls = new List<Task<Reply?>>();
        foreach (var point in Points)
        {
            var tenant = await TestTenant.OpenAsync(system);
            tenants.Add(tenant);
            var start = point.Gate == "inserted" ? null : await barriers.CloseAsync(tenant, "buying");
            var barrier = point.Gate is null or "buying" ? null : await barriers.CloseAsync(tenant, point.Gate);
            calls.Add(TestTenant.TryAsync(() => tenant.BuyAsync("t")));
            await BringToStepAsync(barriers, tenant, point, start, barrier);
            closed.AddRange(new[] { barrier, point.Gate == "buying" ? start : null }.OfType<RequestBarriers.RequestBarrier>());
        }

        await system.App.KillAsync();
        foreach (var barrier in closed)
        {
            await barrier.OpenAsync();
        }

        await Task.WhenAll(calls);
        var orphan = await InsertOrphanAsync(system);
        await system.App.StartAgainAsync();

        await Task.WhenAll(Points.Zip(tenants, (point, tenant) => SettledAsync(tenant, point)));
        await Wait.UntilAsync(async () => await orphan.StatusAsync() == "done", TimeSpan.FromSeconds(60));
        await orphan.AssertWorksAsync();
        Assert.Empty(system.Simulator.NumberReport().BoughtAgain);
        AssertNothingLeaked(system, [.. tenants, orphan]);
        tenants.ForEach(tenant => tenant.Dispose());
        orphan.Dispose();
    }

    [Fact]
    public async Task A_release_that_was_begun_is_finished_after_a_kill()
    {
        await using var system = await TelephonySystem.StartAsync(postgres, storage, callTimeout: "00:00:15", settleAfter: "00:00:24.5");
        await using var barriers = await RequestBarriers.CreateAsync(system);
        var tenants = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => TestTenant.OpenAsync(system)));
        var ids = await Task.WhenAll(tenants.Select(async tenant =>
        {
            await tenant.BuyAsync();
            return (await tenant.SendAsync("GET", "/api/v1/telephony/numbers")).Body.GetProperty("numbers")[0].GetProperty("id")
                .GetString();
        }));
        var closed = new[]
        {
            await barriers.CloseAsync(tenants[0], "number releasing"), await barriers.CloseAsync(tenants[1], "number released"),
        };
        system.Simulator.FailNext("numbers.delete", RestFault.HangBefore, accountSid: tenants[2].AccountSid);
        system.Simulator.FailNext("numbers.delete", RestFault.HangAfter, accountSid: tenants[3].AccountSid);

        var calls = tenants.Zip(
            ids,
            (tenant, id) => TestTenant.TryAsync(() =>
                tenant.SendAsync("POST", $"/api/v1/telephony/numbers/{id}/release", new { phone_number = tenant.Number }))).ToList();
        await Task.WhenAll(closed.Select(barrier => barrier.ReachedAsync()));
        await Wait.UntilAsync(() => system.Simulator.Calls.GetValueOrDefault("numbers.delete") == 3);
        await system.App.KillAsync();
        foreach (var barrier in closed)
        {
            await barrier.OpenAsync();
        }

        await Task.WhenAll(calls);
        await system.App.StartAgainAsync();

        // Nothing was committed, so the number is unchanged.
        await tenants[0].AssertWorksAsync(sends: true);
        foreach (var tenant in tenants[1..])
        {
            await Wait.UntilAsync(async () =>
                await system.Database.OneAsync<string>(
                    "select state from phone_numbers where number = @Number", new { tenant.Number }) == "released");
            Assert.Empty(system.Simulator.Numbers(tenant.AccountSid));
            Assert.NotNull(
                await system.Database.OneAsync<DateTime?>("select retired_at from senders where address = @Number", new { tenant.Number }));
        }

        Array.ForEach(tenants, tenant => tenant.Dispose());
    }

    private static async Task BringToStepAsync(
        RequestBarriers barriers, TestTenant tenant, Point point, RequestBarriers.RequestBarrier? start,
        RequestBarriers.RequestBarrier? barrier)
    {
        if (start is null)
        {
            await barrier!.ReachedAsync();
            return;
        }

        await start.ReachedAsync();
        if (point.Gate == "buying")
        {
            return;
        }

        var stored = point.Drifts ? await barriers.CloseAsync(tenant, "stored") : null;
        if (point.Fails)
        {
            tenant.Simulator.FailNext(
                "numbers.fetch", RestFault.Error(21502), times: point.Gate == "undoing" ? 2 : 1, accountSid: tenant.AccountSid);
        }

        if (point.Call is not null)
        {
            tenant.Simulator.FailNext(point.Call, point.Hold!, accountSid: tenant.AccountSid);
        }

        var before = tenant.Simulator.Calls.GetValueOrDefault(point.Call ?? "");
        await start.OpenAsync();
        if (stored is not null)
        {
            await stored.ReachedAsync();
            tenant.Simulator.ChangeInConsole(tenant.Number, number => number with { SmsUrl = "https://elsewhere.example/sms" });
            await stored.OpenAsync();
        }

        // Cases reach their steps one after the other, so the next call belongs to this tenant.
        await (barrier?.ReachedAsync() ?? Wait.UntilAsync(() => tenant.Simulator.Calls.GetValueOrDefault(point.Call!) > before));
    }

    private static async Task SettledAsync(TestTenant tenant, Point point)
    {
        var reply = await tenant.BuyToTheEndAsync("t");
        if (point.Fails)
        {
            Assert.Equal((point.Name, "provider_refused"), (point.Name, reply.Code));
            await tenant.AssertNothingAsync();
            return;
        }

        Assert.True(reply.Status == HttpStatusCode.OK, $"{point.Name}: {reply.Status} {reply.Body}");
        await tenant.AssertWorksAsync(sends: point.Call is not null);
    }

    /// <summary>Stores an order whose orchestration was never scheduled.</summary>
    private static async Task<TestTenant> InsertOrphanAsync(RelaisSystem system)
    {
        await system.App.StartAgainAsync();
        var tenant = await TestTenant.OpenAsync(system);
        await system.App.KillAsync();
        await system.Database.ExecuteAsync("""
            insert into number_orders (id, tenant_id, account_id, idempotency_key, number, country, number_type, ordered_by, created_at)
            select @Id, @TenantId, id, 'orphan', @Number, 'CA', 'local', '{"kind":1,"id":"x","name":""}', now() from provider_accounts
            where tenant_id = @TenantId
            """, new { Id = Guid.CreateVersion7(), tenant.TenantId, tenant.Number });
        return tenant;
    }

    private static void AssertNothingLeaked(RelaisSystem system, IReadOnlyList<TestTenant> tenants)
    {
        var histories = system.Watch.Kept("what was written to /");
        var log = system.App.Log.Tail(100_000);
        Assert.Contains("PurchaseNumberV1", histories, StringComparison.Ordinal);
        Assert.All(tenants.SelectMany(tenant => new[] { tenant.Number[1..], tenant.Token }), secret =>
        {
            Assert.DoesNotContain(secret, histories, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, log, StringComparison.Ordinal);
        });
    }
}
