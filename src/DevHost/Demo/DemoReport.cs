using System.Globalization;
using Relais.Simulators;

namespace Relais.DevHost.Demo;

/// <summary>The app's totals beside the simulator's.</summary>
internal sealed record DemoReport
{
    public required CampaignCounts App { get; init; }
    public required IReadOnlyList<Comparison> Comparisons { get; init; }

    /// <summary>Recipients who got a message twice.</summary>
    public required int SentTwice { get; init; }

    public required int WindowsBroken { get; init; }

    /// <summary>Share of the allowed rate that was used from the first to the last Message 1; null when there were too few.</summary>
    public required double? RateUsed { get; init; }

    public IEnumerable<Comparison> Differences => Comparisons.Where(one => one.App != one.Simulator);

    public bool HasNoDifference => !Differences.Any() && SentTwice == 0 && WindowsBroken == 0 && App.IsSettled;

    public static DemoReport Of(CampaignCounts app, CampaignMessages ids, TwilioSimulator simulator, string sender, int rate)
    {
        var messages = simulator.Messages();
        var report = simulator.Report(
            new PaceLimit(PaceScope.Sender, rate, TimeSpan.FromSeconds(1)),
            new PaceLimit(PaceScope.Recipient, 5, TimeSpan.FromMinutes(1)),
            new PaceLimit(PaceScope.WhatsAppRecipient, 1, TimeSpan.FromSeconds(6)));
        return new DemoReport
        {
            App = app,
            Comparisons = [.. Compare(app, SimulatorTotals.Of(messages, ids.First), SimulatorTotals.Of(messages, ids.Second), report)],
            SentTwice = report.SentTwice.Count,
            WindowsBroken = report.WindowsBroken,
            RateUsed = RateShare(messages, ids.First, sender, rate),
        };
    }

    private static IEnumerable<Comparison> Compare(CampaignCounts app, SimulatorTotals first, SimulatorTotals second, SimulatorReport report)
    {
        // a request that is refused leaves no message behind; the simulator counts it by its code
        long Failed(string code) => first.FailedBy.GetValueOrDefault(code)
            + (int.TryParse(code, CultureInfo.InvariantCulture, out var number) ? report.RefusedByCode.GetValueOrDefault(number) : 0);

        var refused = app.FailedBy.Where(by => !first.FailedBy.ContainsKey(by.Key)).Sum(by => by.Value);
        yield return new("planned", app.Planned, first.Accepted + refused + app.Skipped + app.Canceled + app.Expired);
        yield return new("sent", app.Sent, first.Sent);
        yield return new("delivered", app.Delivered, first.Delivered);
        yield return new("read", app.Read, first.Read);
        foreach (var code in app.FailedBy.Keys.Union(first.FailedBy.Keys).Order(StringComparer.Ordinal))
        {
            yield return new($"failed with {code}", app.FailedBy.GetValueOrDefault(code), Failed(code));
        }

        yield return new("followed up", app.FollowedUp - app.Followup.Skipped - app.Followup.Canceled - app.Followup.Expired, second.Accepted);
        yield return new("follow-up sent", app.Followup.Sent, second.Sent);
        yield return new("follow-up delivered", app.Followup.Delivered, second.Delivered);
        yield return new("follow-up read", app.Followup.Read, second.Read);
        yield return new("follow-up failed", app.Followup.Failed, second.FailedBy.Values.Sum());
    }

    private static double? RateShare(IReadOnlyList<SimulatedMessage> messages, IReadOnlySet<string> first, string sender, int rate)
    {
        var arrivals = messages.Where(message => message.MessageId is { } id && first.Contains(id)).Select(message => message.ArrivedMicroseconds).ToList();
        if (arrivals.Count < 2)
        {
            return null;
        }

        // follow-ups that went out meanwhile took their share of the same rate
        var (from, to) = (arrivals.Min(), arrivals.Max());
        var count = messages.Count(message => message.Direction == "outbound-api" && message.Sender == sender && message.ArrivedMicroseconds >= from && message.ArrivedMicroseconds <= to);
        return to > from ? (count - 1) / ((to - from) / 1e6) / rate : null;
    }
}

internal sealed record Comparison(string Name, long App, long Simulator);
