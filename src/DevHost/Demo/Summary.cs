using System.Globalization;

namespace Relais.DevHost.Demo;

/// <summary>Shows the result of the demo.</summary>
internal static class Summary
{
    public static void Show(Screen screen, DemoReport report, int rate)
    {
        var app = report.App;
        screen.Table("Summary",
        [
            ("planned", Number(app.Planned)),
            ("skipped", WithCauses(app.Skipped, app.SkippedBy)),
            ("sent", Number(app.Sent)),
            ("delivered", Number(app.Delivered)),
            ("read", Number(app.Read)),
            ("failed", WithCauses(app.Failed, app.FailedBy)),
            ("replied", Number(app.Replied)),
            ("followed up", $"{app.FollowedUp} (sent {app.Followup.Sent}, delivered {app.Followup.Delivered}, read {app.Followup.Read})"),
            ("opted out", Number(app.OptedOut)),
            ("rate used", report.RateUsed is { } share
                ? string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.0} % of {rate}/s")
                : "too few messages"),
            ("above a rate limit", Number(report.WindowsBroken)),
            ("sent twice", Number(report.SentTwice)),
        ]);
        ShowComparison(screen, report);
    }

    private static void ShowComparison(Screen screen, DemoReport report)
    {
        if (report.IsEqual)
        {
            screen.Done($"all {report.Comparisons.Count} totals equal the simulator's, and no rate limit was exceeded");
            return;
        }

        foreach (var difference in report.Differences)
        {
            Screen.Fail($"{difference.Name}: the app counted {difference.App}, the simulator {difference.Simulator}");
        }

        if (!report.App.IsSettled)
        {
            Screen.Fail($"not sent yet: {report.App.Queued} messages and {report.App.Followup.Queued} follow-ups");
        }

        if (report.WindowsBroken > 0 || report.SentTwice > 0)
        {
            Screen.Fail($"{report.WindowsBroken} messages exceeded a rate limit, and {report.SentTwice} were sent twice");
        }
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string WithCauses(long total, IReadOnlyDictionary<string, long> causes)
    {
        var parts = causes.OrderByDescending(cause => cause.Value).Select(cause => $"{cause.Key}: {cause.Value}");
        return causes.Count == 0 ? Number(total) : $"{total} ({string.Join(", ", parts)})";
    }
}
