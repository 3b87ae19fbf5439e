using FsCheck;
using FsCheck.Fluent;
using Relais.Simulators;

namespace Simulators.Tests;

public sealed class PaceTests
{
    [Fact]
    public void The_heaviest_window_is_the_one_that_trying_every_window_finds()
    {
        var arrivals = Gen.Choose(0, 60).Zip(Gen.Choose(1, 3), (gap, weight) => (gap, weight)).ArrayOf();
        var cases = arrivals
            .Zip(Gen.Choose(1, 200), (steps, window) => (steps, window))
            .Zip(Gen.Choose(1, 8), (pair, limit) => (pair.steps, pair.window, limit));
        Prop.ForAll(cases.ToArbitrary(), input =>
        {
            var time = 0L;
            var inOrder = input.steps.Select(step => new Arrival(time += step.gap, step.weight)).ToList();
            var found = Pace.CountBrokenWindows(inOrder, input.window, input.limit);
            return found == (BruteForceMax(inOrder, input.window), BruteForceBroken(inOrder, input.window, input.limit));
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(1_000_000, 1, 0)]
    [InlineData(999_999, 2, 1)]
    public void Two_arrivals_exactly_one_window_apart_do_not_share_it(long apart, int max, int broken) =>
        Assert.Equal((max, broken), Pace.CountBrokenWindows([new(5, 1), new(5 + apart, 1)], 1_000_000, 1));

    [Fact]
    public async Task The_report_judges_senders_and_recipients()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => fixture.SendAsync($"+22462000000{i % 4}")));
        await fixture.SendAsync("whatsapp:+224620000001");
        var report = fixture.Simulator.Report(
            new PaceLimit(PaceScope.Sender, 10, TimeSpan.FromSeconds(30)),
            new PaceLimit(PaceScope.Recipient, 3, TimeSpan.FromSeconds(30)),
            new PaceLimit(PaceScope.WhatsAppRecipient, 1, TimeSpan.FromSeconds(30)));
        Assert.Equal((12, 2), Short(report.Pace[0]));
        Assert.Equal(SimulatorFixture.Sms, report.Pace[0].Worst);
        Assert.Equal((3, 0), Short(report.Pace[1]));
        Assert.Equal((1, 0), Short(report.Pace[2]));
        Assert.Equal(2, report.WindowsBroken);
    }

    [Fact]
    public async Task Segments_weigh_where_asked()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        await fixture.SendAsync("+224620000001", new string('a', 161));
        await fixture.SendAsync("+224620000002", "ê" + new string('a', 69));
        var limit = new PaceLimit(PaceScope.Sender, 2, TimeSpan.FromMinutes(1));
        Assert.Equal((2, 0), Short(fixture.Simulator.Report(limit).Pace[0]));
        Assert.Equal((3, 1), Short(fixture.Simulator.Report(limit with { BySegments = true }).Pace[0]));
        Assert.Equal(3, fixture.Simulator.Report().Segments);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(160, 1)]
    [InlineData(161, 2)]
    [InlineData(306, 2)]
    [InlineData(307, 3)]
    public void Seven_bit_texts_are_cut_at_160_and_153(int length, int segments) =>
        Assert.Equal(segments, Segments.Count(new string('é', length)));

    [Theory]
    [InlineData("€", 80, 1)]
    [InlineData("€", 81, 2)]
    [InlineData("ê", 70, 1)]
    [InlineData("ê", 71, 2)]
    [InlineData("👋", 35, 1)]
    [InlineData("👋", 68, 3)]
    public void Other_texts_take_more(string text, int times, int segments) =>
        Assert.Equal(segments, Segments.Count(string.Concat(Enumerable.Repeat(text, times))));

    private static (int Max, int Broken) Short(PaceResult result) => (result.Max, result.WindowsBroken);

    private static int BruteForceMax(List<Arrival> arrivals, long window) => arrivals.Count == 0
        ? 0
        : arrivals.Max(start => arrivals
            .Where(arrival => arrival.Microseconds >= start.Microseconds && arrival.Microseconds < start.Microseconds + window)
            .Sum(arrival => arrival.Weight));

    private static int BruteForceBroken(List<Arrival> arrivals, long window, int limit) => arrivals
        .Where((end, index) => arrivals.Take(index + 1)
            .Where(arrival => arrival.Microseconds > end.Microseconds - window)
            .Sum(arrival => arrival.Weight) > limit)
        .Count();
}
