using System.Globalization;

namespace Relais.DevHost.Demo;

internal static class Summary
{
    public static void Show(Screen screen, DemoReport report, int rate)
    {
        var app = report.App;
        screen.Table("Summary",
        [
            ("planned", Number(app.Planned)),
            ("skipped", By(app.Skipped, app.SkippedBy)),
            ("sent", Number(app.Sent)),
            ("delivered", Number(app.Delivered)),
            ("read", Number(app.Read)),
            ("failed", By(app.Failed, app.FailedBy)),
            ("replied", Number(app.Replied)),
            ("followed up", $"{app.FollowedUp} (sent {app.Followup.Sent}, delivered {app.Followup.Delivered}, read {app.Followup.Read})"),
            ("opted out", Number(app.OptedOut)),
            ("rate used", report.RateUsed is { } used ? string.Create(CultureInfo.InvariantCulture, $"{used * 100:0.0} % of {rate}/s") : "too few messages"),
            ("windows broken", Number(report.WindowsBroken)),
            ("sent twice", Number(report.SentTwice)),
        ]);
        if (report.HasNoDifference)
        {
            screen.Done($"all {report.Comparisons.Count} totals equal the simulator's, and no window was broken");
            return;
        }

        foreach (var difference in report.Differences)
        {
            Screen.Fail($"{difference.Name}: the app counted {difference.App}, the simulator {difference.Simulator}");
        }

        if (!app.IsSettled)
        {
            Screen.Fail($"still waiting: {app.Queued} messages and {app.Followup.Queued} follow-ups");
        }

        if (report.WindowsBroken > 0 || report.SentTwice > 0)
        {
            Screen.Fail($"{report.WindowsBroken} windows broken, {report.SentTwice} sent twice");
        }
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string By(long total, IReadOnlyDictionary<string, long> causes) =>
        causes.Count == 0 ? Number(total) : $"{total} ({string.Join(", ", causes.OrderByDescending(cause => cause.Value).Select(cause => $"{cause.Key}: {cause.Value}"))})";
}
