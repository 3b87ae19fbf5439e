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
        var cases = arrivals.Zip(Gen.Choose(1, 200), (list, window) => (list, window)).Zip(Gen.Choose(1, 8), (c, limit) => (c.list, c.window, limit));
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var at = 0L;
            var inOrder = c.list.Select(step => new Arrival(at += step.gap, step.weight)).ToList();
            var found = Pace.CountBrokenWindows(inOrder, c.window, c.limit);
            return found == (BruteForceMax(inOrder, c.window), BruteForceBroken(inOrder, c.window, c.limit));
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
        await using var world = await SimulatorFixture.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => world.SendAsync($"+22462000000{i % 4}")));
        await world.SendAsync("whatsapp:+224620000001");
        var report = world.Simulator.Report(
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
        await using var world = await SimulatorFixture.StartAsync();
        await world.SendAsync("+224620000001", new string('a', 161));
        await world.SendAsync("+224620000002", "ê" + new string('a', 69));
        var limit = new PaceLimit(PaceScope.Sender, 2, TimeSpan.FromMinutes(1));
        Assert.Equal((2, 0), Short(world.Simulator.Report(limit).Pace[0]));
        Assert.Equal((3, 1), Short(world.Simulator.Report(limit with { BySegments = true }).Pace[0]));
        Assert.Equal(3, world.Simulator.Report().Segments);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(160, 1)]
    [InlineData(161, 2)]
    [InlineData(306, 2)]
    [InlineData(307, 3)]
    public void Seven_bit_texts_are_cut_at_160_and_153(int length, int segments) => Assert.Equal(segments, Segments.Count(new string('é', length)));

    [Theory]
    [InlineData("€", 80, 1)]
    [InlineData("€", 81, 2)]
    [InlineData("ê", 70, 1)]
    [InlineData("ê", 71, 2)]
    [InlineData("👋", 35, 1)]
    [InlineData("👋", 68, 3)]
    public void Other_texts_take_more(string text, int times, int segments) => Assert.Equal(segments, Segments.Count(string.Concat(Enumerable.Repeat(text, times))));

    private static (int Max, int Broken) Short(PaceResult finding) => (finding.Max, finding.WindowsBroken);

    private static int BruteForceMax(List<Arrival> arrivals, long window) => arrivals.Count == 0
        ? 0
        : arrivals.Max(start => arrivals.Where(a => a.Microseconds >= start.Microseconds && a.Microseconds < start.Microseconds + window).Sum(a => a.Weight));

    private static int BruteForceBroken(List<Arrival> arrivals, long window, int limit) => arrivals
        .Where((end, index) => arrivals.Take(index + 1).Where(a => a.Microseconds > end.Microseconds - window).Sum(a => a.Weight) > limit).Count();
}
