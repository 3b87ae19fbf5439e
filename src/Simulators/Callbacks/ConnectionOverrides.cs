using System.Globalization;

namespace Relais.Simulators;

/// <summary>What a webhook URL says after its # about tries and time: #rc=3&amp;rp=5xx,ct,rt.</summary>
internal sealed record ConnectionOverrides(int Retries, IReadOnlyCollection<string> RetryOn, TimeSpan Timeout)
{
    public static (string Url, ConnectionOverrides Overrides) Read(string url, bool retryByDefault)
    {
        var hash = url.IndexOf('#', StringComparison.Ordinal);
        if (hash < 0)
        {
            return (url, new(retryByDefault ? 1 : 0, ["ct"], TimeSpan.FromSeconds(15)));
        }

        var settings = url[(hash + 1)..].Split('&').Select(pair => pair.Split('=', 2)).Where(pair => pair.Length == 2)
            .DistinctBy(pair => pair[0]).ToDictionary(pair => pair[0], pair => pair[1]);
        int Number(string name, int least, int most, int absent) =>
            settings.TryGetValue(name, out var text) && int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? Math.Clamp(number, least, most) : absent;
        return (url[..hash], new(
            Number("rc", 0, 5, 1),
            settings.GetValueOrDefault("rp", "ct").Split(','),
            TimeSpan.FromMilliseconds(Number("rt", 100, 15000, 15000))));
    }

    public bool ShouldRetry(WebhookAnswer answer) => RetryOn.Contains("all") ? !answer.IsSuccess : answer.Status switch
    {
        0 => RetryOn.Contains(answer.TimedOut ? "rt" : "ct"),
        >= 500 => RetryOn.Contains("5xx"),
        >= 400 => RetryOn.Contains("4xx"),
        _ => false,
    };
}

/// <param name="Status">0 when there was no answer</param>
/// <param name="TimedOut">connected, but no answer in time</param>
/// <param name="Body">what was answered</param>
internal sealed record WebhookAnswer(int Status, bool TimedOut, string Body)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    public string Name => Status > 0 ? $"{Status}" : TimedOut ? "timeout" : "unreachable";
}
