using System.Globalization;
using Relais.Simulators;

namespace Relais.DevHost.Demo;

/// <summary>Compares the app's totals of a campaign with the simulator's.</summary>
internal sealed record DemoReport
{
    public required CampaignCounts App { get; init; }
    public required IReadOnlyList<Comparison> Comparisons { get; init; }

    /// <summary>The number of messages that were sent twice.</summary>
    public required int SentTwice { get; init; }

    /// <summary>The number of messages above a rate limit.</summary>
    public required int WindowsBroken { get; init; }

    /// <summary>The share of the rate limit that was used between the first and the last first message; null for fewer than two.</summary>
    public required double? RateUsed { get; init; }

    public IEnumerable<Comparison> Differences => Comparisons.Where(comparison => comparison.App != comparison.Simulator);

    public bool IsEqual => !Differences.Any() && SentTwice == 0 && WindowsBroken == 0 && App.IsSettled;

    public static DemoReport Create(CampaignCounts app, CampaignMessages ids, TwilioSimulator simulator, string sender, int rate)
    {
        var messages = simulator.Messages();
        var report = simulator.Report(
            new PaceLimit(PaceScope.Sender, rate, TimeSpan.FromSeconds(1)),
            new PaceLimit(PaceScope.Recipient, 5, TimeSpan.FromMinutes(1)),
            new PaceLimit(PaceScope.WhatsAppRecipient, 1, TimeSpan.FromSeconds(6)));
        return new DemoReport
        {
            App = app,
            Comparisons =
            [
                .. Compare(app, SimulatorTotals.Create(messages, ids.First), SimulatorTotals.Create(messages, ids.Second), report),
            ],
            SentTwice = report.SentTwice.Count,
            WindowsBroken = report.WindowsBroken,
            RateUsed = RateShare(messages, ids.First, sender, rate),
        };
    }

    private static IEnumerable<Comparison> Compare(
        CampaignCounts app, SimulatorTotals first, SimulatorTotals second, SimulatorReport report)
    {
        // The simulator creates no message for a request that it refuses. It counts these requests by error code.
        long Failed(string code) => first.FailedBy.GetValueOrDefault(code)
            + (int.TryParse(code, CultureInfo.InvariantCulture, out var number) ? report.RefusedByCode.GetValueOrDefault(number) : 0);

        var refused = app.FailedBy.Where(failures => !first.FailedBy.ContainsKey(failures.Key)).Sum(failures => failures.Value);
        yield return new("planned", app.Planned, first.Accepted + refused + app.Skipped + app.Canceled + app.Expired);
        yield return new("sent", app.Sent, first.Sent);
        yield return new("delivered", app.Delivered, first.Delivered);
        yield return new("read", app.Read, first.Read);
        foreach (var code in app.FailedBy.Keys.Union(first.FailedBy.Keys).Order(StringComparer.Ordinal))
        {
            yield return new($"failed with {code}", app.FailedBy.GetValueOrDefault(code), Failed(code));
        }

        yield return new(
            "followed up", app.FollowedUp - app.Followup.Skipped - app.Followup.Canceled - app.Followup.Expired, second.Accepted);
        yield return new("follow-up sent", app.Followup.Sent, second.Sent);
        yield return new("follow-up delivered", app.Followup.Delivered, second.Delivered);
        yield return new("follow-up read", app.Followup.Read, second.Read);
        yield return new("follow-up failed", app.Followup.Failed, second.FailedBy.Values.Sum());
    }

    private static double? RateShare(IReadOnlyList<SimulatedMessage> messages, IReadOnlySet<string> first, string sender, int rate)
    {
        var arrivals = messages
            .Where(message => message.MessageId is { } id && first.Contains(id))
            .Select(message => message.ArrivedMicroseconds)
            .ToList();
        if (arrivals.Count < 2)
        {
            return null;
        }

        // Follow-ups that were sent in the same period count too, because they share the rate limit.
        var (from, to) = (arrivals.Min(), arrivals.Max());
        var count = messages.Count(message =>
            message.Direction == "outbound-api" && message.Sender == sender
            && message.ArrivedMicroseconds >= from && message.ArrivedMicroseconds <= to);
        return to > from ? (count - 1) / ((to - from) / 1e6) / rate : null;
    }
}

/// <summary>One total as counted by the app and by the simulator.</summary>
internal sealed record Comparison(string Name, long App, long Simulator);
