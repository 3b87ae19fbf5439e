using System.Globalization;
using Relais.Conformance.Json;
using static Relais.Conformance.Scenario;

namespace Relais.Conformance.Orchestrations;

/// <summary>
/// Retry policies. The minimum elapsed time allows every timer to fire up to one second early, as the recorded storage does.
/// </summary>
internal static class Retries
{
    internal static readonly Scenario[] All =
    [
        Retry("third", new(2, "policy", 3, 2500), least: 3000),
        Retry("exhaust", new(99, "policy", 3, 1500), least: 1000),
        Retry("one", new(99, "policy", 1, 500)),
        Retry("backoff", new(3, "policy", 5, 1000, 2), least: 4000),
        Retry("maxinterval", new(3, "policy", 4, 1000, 10, Longest: 2000), least: 2000),
        Retry("timeout", new(99, "policy", 50, 2000, Timeout: 5000)),
        Retry("handlefailure", new(99, "handlefailure", 5, 300)),
        Retry("handler", new(2, "handler", 5, 1)),
        Retry("handler.stop", new(99, "handler", 3, 1)),
        Retry("asynchandler", new(2, "asynchandler", 5, 2000), least: 2000),
        Retry("sub", new(1, "subpolicy", 3, 2000), least: 1000),
        Retry("sub.exhaust", new(99, "subpolicy", 2, 300)),
    ];

    private sealed record Policy(
        int FailUntil, string Mode, int Most, int First, double Backoff = 1, int? Longest = null, int? Timeout = null);

    private static Scenario Retry(string name, Policy policy, int least = 0) => Durable("retry." + name, async app =>
    {
        var key = app.Id("retry-" + name);
        var input = new Fields
        {
            ["Key"] = key,
            ["FailUntil"] = policy.FailUntil,
            ["Mode"] = policy.Mode,
            ["Max"] = policy.Most,
            ["FirstMs"] = policy.First,
            ["Backoff"] = policy.Backoff,
            ["MaxMs"] = policy.Longest,
            ["TimeoutMs"] = policy.Timeout,
        };
        var view = (await app.GoAsync("O_Retry", input, label: "retry-" + name))!;
        var elapsed = (view.Get("output") as Fields)?.Pop("elapsedMs");
        Views.Soften(view, policy.Mode == "subpolicy" ? 1 : 0);
        var attempts = (await app.RecordedAsync("flaky:" + key)).Count;
        view[policy.Timeout is null ? "attempts" : "~attempts"] = attempts;
        if (policy.Timeout is not null)
        {
            view["stoppedByTimeout"] = attempts >= 2 && attempts < policy.Most;
            view["output"] = Views.Lenient(view["output"]);
        }

        double? took = elapsed is null ? null : Convert.ToDouble(elapsed, CultureInfo.InvariantCulture);
        view["elapsedAtLeast"] = took >= least;
        view["~elapsedMs"] = took is { } ms ? Math.Round(ms / 100) * 100 : null;
        return view;
    });
}
