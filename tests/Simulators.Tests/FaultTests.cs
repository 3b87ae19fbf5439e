using System.Diagnostics;
using Relais.Simulators;
using Twilio.Exceptions;

namespace Simulators.Tests;

public sealed class FaultTests
{
    [Fact]
    public async Task The_seed_selects_the_refused_requests()
    {
        async Task<bool[]> RunAsync(int seed)
        {
            await using var fixture = await SimulatorFixture.StartAsync(options =>
                options with { Seed = seed, Faults = new() { TooManyRequests = 0.2, ServerError = 0.1 } });
            var refused = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
            {
                try
                {
                    await fixture.SendAsync($"+224622000{i:000}");
                    return false;
                }
                catch (ApiException e) when (e.Code is 20429 or 20500)
                {
                    return true;
                }
            }));
            var report = fixture.Simulator.Report();
            Assert.Equal(200, report.Accepted + report.RefusedByCode.Values.Sum());
            return refused;
        }

        var first = await RunAsync(1);
        Assert.InRange(first.Count(refused => refused), 30, 90);
        Assert.Equal(first, await RunAsync(1));
        Assert.NotEqual(first, await RunAsync(2));
    }

    [Fact]
    public async Task Answers_are_cut_after_acceptance()
    {
        await using var fixture = await SimulatorFixture.StartAsync(options => options with { Faults = new() { CutAfter = 1 } });
        await Assert.ThrowsAsync<ApiConnectionException>(() => fixture.SendAsync("+224620000001"));
        fixture.Simulator.Faults = new FaultSettings { CutBefore = 1 };
        await Assert.ThrowsAsync<ApiConnectionException>(() => fixture.SendAsync("+224620000001"));
        fixture.Simulator.Faults = new FaultSettings { Unavailable = 1 };
        await Assert.ThrowsAsync<ApiException>(() => fixture.SendAsync("+224620000001"));
        var report = fixture.Simulator.Report();
        Assert.Equal((3, 1, 2), (report.Requests, report.Accepted, report.Unanswered));
    }

    [Fact]
    public async Task Latency_is_felt()
    {
        await using var fixture = await SimulatorFixture.StartAsync(options => options with { Faults = new() { LatencyMs = 150 } });
        var watch = Stopwatch.StartNew();
        await fixture.SendAsync("+224620000001");
        Assert.InRange(watch.ElapsedMilliseconds, 140, 5000);
    }

    [Fact]
    public async Task More_requests_at_once_than_allowed_are_too_many()
    {
        await using var fixture = await SimulatorFixture.StartAsync(options =>
            options with { Faults = new() { LatencyMs = 100, MaxConcurrentRequests = 4 } });
        var sends = Enumerable.Range(0, 12).Select(i => fixture.SendAsync($"+22462000{i:0000}")).ToList();
        await Task.WhenAll(sends.Select(send => send.ContinueWith(_ => { }, TaskScheduler.Default)));
        var refused = fixture.Simulator.Report().RefusedByCode.GetValueOrDefault(20429);
        Assert.InRange(refused, 1, 8);
        Assert.Equal(refused, sends.Count(send => send.Exception?.InnerException is ApiException { Code: 20429, Status: 429 }));
    }

    [Fact]
    public async Task Every_callback_may_be_doubled_shuffled_or_dropped()
    {
        await using var fixture = await SimulatorFixture.StartAsync(options =>
            options with { Faults = new() { DuplicateCallback = 1, ShuffleCallback = 1, ShuffleSpreadMs = 50 } });
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => fixture.SendAsync($"+22462000{i:0000}")));
        await fixture.IdleAsync();
        Assert.Equal(120, fixture.Webhook.All.Count);
        Assert.Contains(
            fixture.Webhook.All.GroupBy(received => received.Form["MessageSid"]),
            group => group.First().Form["MessageStatus"] == "delivered");
        Assert.Equal(20, fixture.Simulator.Report().ByStatus["delivered"]);

        fixture.Simulator.Faults = new FaultSettings { DropCallback = 1 };
        await fixture.SendAsync("+224620000099");
        await fixture.IdleAsync();
        Assert.Equal(120, fixture.Webhook.All.Count);
        Assert.Equal(2, fixture.Simulator.Report().CallbacksDropped);
    }
}
