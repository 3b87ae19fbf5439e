using FsCheck;
using FsCheck.Fluent;
using Relais.Sending.Pump;

namespace Functions.Tests.Sending;

public sealed class PaceWindowTests
{
    private sealed record Run(int Units, int WindowMs, int Sends, int Seed, int MaxLatencyMs);

    private sealed record Trip(TimeSpan Departed, TimeSpan Seen, TimeSpan Answered, int Cost);

    private static readonly Arbitrary<Run> Runs = (
        from units in Gen.Choose(1, 20)
        from window in Gen.Choose(100, 3000)
        from sends in Gen.Choose(20, 120)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        from latency in Gen.Choose(0, 400)
        select new Run(units, window, sends, seed, latency)).ToArbitrary();

    [Fact]
    public void No_window_is_exceeded_at_any_time_of_receipt_by_the_provider()
    {
        Prop.ForAll(Runs, run =>
        {
            var random = new Random(run.Seed);
            var trips = Simulate(
                run.Units, run.WindowMs, run.Sends, () => 1, () => random.NextDouble() * run.MaxLatencyMs, () => random.NextDouble());
            return MostIn(trips, TimeSpan.FromMilliseconds(run.WindowMs)) <= run.Units;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Segments_count_as_units()
    {
        var random = new Random(7);
        var trips = Simulate(10, 1000, 300, () => random.Next(1, 5), () => random.NextDouble() * 20, () => random.NextDouble());

        Assert.True(MostIn(trips, TimeSpan.FromSeconds(1)) <= 10);
        // Three messages of four segments do not fit into a window of ten units, so the full rate is never reached.
        Assert.True(Rate(trips) >= 0.8 * 10, $"{Rate(trips):F2} units/s of 10");
    }

    [Theory]
    [InlineData(10, 1000, 0, 0.97)]
    [InlineData(10, 1000, 50, 0.92)]
    [InlineData(80, 1000, 30, 0.92)]
    [InlineData(1, 3000, 5, 0.98)]
    [InlineData(1, 1000, 20, 0.96)]
    public void The_full_rate_is_used_while_messages_wait(int units, int windowMs, double latencyMs, double least)
    {
        var trips = Simulate(units, windowMs, units * 20, () => 1, () => latencyMs, () => 0.5);

        Assert.True(Rate(trips) >= least * units / windowMs * 1000, $"{Rate(trips):F2}/s of {units * 1000.0 / windowMs:F2}/s");
    }

    [Theory]
    [InlineData(150)]
    [InlineData(600)]
    [InlineData(2500)]
    public void A_slow_provider_gets_nine_tenths_of_the_rate(double latencyMs)
    {
        var random = new Random(3);
        var trips = Simulate(10, 1000, 300, () => 1, () => latencyMs + (random.NextDouble() * 10), () => 0.05);

        var steady = trips.Skip(50).ToList();
        Assert.True(Rate(steady) >= 9, $"{Rate(steady):F2}/s");
        Assert.True(MostIn(trips, TimeSpan.FromSeconds(1)) <= 10);
    }

    [Fact]
    public void A_stall_is_not_followed_by_a_burst()
    {
        var pace = new PaceWindow(10, TimeSpan.FromSeconds(1));
        var now = TimeSpan.FromSeconds(100);
        var departures = new List<TimeSpan>();
        for (var n = 0; n < 10; n++)
        {
            now = pace.EarliestSend(1, now)!.Value;
            departures.Add(now);
            pace.RecordAnswer(pace.RecordSend(1, now), now);
        }

        Assert.True(departures[^1] - departures[0] >= TimeSpan.FromMilliseconds(790), $"{departures[^1] - departures[0]}");
    }

    [Fact]
    public void A_request_without_an_answer_occupies_the_window()
    {
        var pace = new PaceWindow(1, TimeSpan.FromSeconds(3));
        var entry = pace.RecordSend(1, TimeSpan.Zero);

        Assert.Null(pace.EarliestSend(1, TimeSpan.FromSeconds(60)));

        pace.RecordAnswer(entry, TimeSpan.FromSeconds(61));
        Assert.True(pace.EarliestSend(1, TimeSpan.FromSeconds(61)) >= TimeSpan.FromSeconds(64));
    }

    [Fact]
    public void Sends_of_the_previous_lease_holder_count()
    {
        var pace = new PaceWindow(2, TimeSpan.FromSeconds(1));
        pace.Restore(2, TimeSpan.FromMilliseconds(-400));

        Assert.True(pace.EarliestSend(1, TimeSpan.Zero) >= TimeSpan.FromMilliseconds(600));
    }

    private static List<Trip> Simulate(int units, int windowMs, int sends, Func<int> cost, Func<double> latencyMs, Func<double> seenAt)
    {
        var pace = new PaceWindow(units, TimeSpan.FromMilliseconds(windowMs));
        var now = TimeSpan.FromSeconds(10);
        var trips = new List<Trip>();
        var open = new PriorityQueue<PaceWindow.Entry, TimeSpan>();
        while (trips.Count < sends)
        {
            var next = cost();
            TimeSpan? slot;
            while ((slot = pace.EarliestSend(next, now)) is null || slot > now)
            {
                if (open.TryPeek(out var entry, out var answered) && (slot is null || answered <= slot))
                {
                    now = answered;
                    pace.RecordAnswer(open.Dequeue(), now);
                }
                else
                {
                    now = slot!.Value;
                }
            }

            var latency = TimeSpan.FromMilliseconds(latencyMs());
            open.Enqueue(pace.RecordSend(next, now), now + latency);
            trips.Add(new Trip(now, now + (latency * seenAt()), now + latency, Math.Min(next, units)));
        }

        return trips;
    }

    private static double Rate(List<Trip> trips) =>
        trips.SkipLast(1).Sum(trip => trip.Cost) / (trips[^1].Departed - trips[0].Departed).TotalSeconds;

    private static int MostIn(List<Trip> trips, TimeSpan window)
    {
        var seen = trips.OrderBy(trip => trip.Seen).ToList();
        var most = 0;
        for (int first = 0, last = 0, sum = 0; last < seen.Count; last++)
        {
            sum += seen[last].Cost;
            while (seen[last].Seen - seen[first].Seen > window)
            {
                sum -= seen[first++].Cost;
            }

            most = Math.Max(most, sum);
        }

        return most;
    }
}
