using System.Globalization;

namespace Relais.Simulators;

/// <summary>Twilio's connection overrides: retries and timeout at the end of a webhook URL (#rc=3&amp;rp=5xx,ct,rt).</summary>
/// <param name="RetryOn">failures to retry: ct (connection), rt (read timeout), 4xx, 5xx, all</param>
internal sealed record ConnectionOverrides(int Retries, IReadOnlyCollection<string> RetryOn, TimeSpan Timeout)
{
    /// <summary>Splits a webhook URL into the URL to call and its overrides.</summary>
    public static (string Url, ConnectionOverrides Overrides) Read(string url, bool retryByDefault)
    {
        var hash = url.IndexOf('#', StringComparison.Ordinal);
        if (hash < 0)
        {
            return (url, new(retryByDefault ? 1 : 0, ["ct"], TimeSpan.FromSeconds(15)));
        }

        var settings = url[(hash + 1)..].Split('&').Select(pair => pair.Split('=', 2)).Where(pair => pair.Length == 2)
            .DistinctBy(pair => pair[0]).ToDictionary(pair => pair[0], pair => pair[1]);
        int ReadNumber(string name, int min, int max, int defaultValue) =>
            settings.TryGetValue(name, out var text) && int.TryParse(text, CultureInfo.InvariantCulture, out var number)
                ? Math.Clamp(number, min, max)
                : defaultValue;
        return (url[..hash], new(
            ReadNumber("rc", 0, 5, 1),
            settings.GetValueOrDefault("rp", "ct").Split(','),
            TimeSpan.FromMilliseconds(ReadNumber("rt", 100, 15000, 15000))));
    }

    public bool ShouldRetry(WebhookAnswer answer) => RetryOn.Contains("all") ? !answer.IsSuccess : answer.Status switch
    {
        0 => RetryOn.Contains(answer.TimedOut ? "rt" : "ct"),
        >= 500 => RetryOn.Contains("5xx"),
        >= 400 => RetryOn.Contains("4xx"),
        _ => false,
    };
}

/// <summary>The answer of a webhook, or the reason why there is none.</summary>
/// <param name="Status">HTTP status; 0: no answer</param>
/// <param name="TimedOut">true when the answer did not arrive in time; false when the connection failed</param>
/// <param name="Body">body of the answer; empty without an answer</param>
internal sealed record WebhookAnswer(int Status, bool TimedOut, string Body)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>Key of the answer in reports: HTTP status, "timeout" or "unreachable".</summary>
    public string Name => Status > 0 ? $"{Status}" : TimedOut ? "timeout" : "unreachable";
}
