using System.Net.Http.Headers;
using System.Text;

namespace Relais.Simulators;

/// <summary>Signed form posts to the webhooks of an account, over one pool of connections.</summary>
internal sealed class WebhookSender : IDisposable
{
    private readonly HttpClient _http;
    private readonly SimulatorClock _clock;
    private readonly bool _retryByDefault;

    public WebhookSender(TwilioSimulatorOptions options, SimulatorClock clock)
    {
        _clock = clock;
        _retryByDefault = options.RetryCallbacks;
        _http = new HttpClient(new SocketsHttpHandler
        {
            MaxConnectionsPerServer = options.MaxConcurrentCallbacks,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
        })
        { Timeout = Timeout.InfiniteTimeSpan };
    }

    public async Task<WebhookAnswer> PostAsync(SimulatedAccount account, string webhook, IReadOnlyCollection<KeyValuePair<string, string>> parameters, CancellationToken ct)
    {
        var (url, overrides) = ConnectionOverrides.Read(webhook, _retryByDefault);
        var signature = TwilioSignature.Of(account.AuthToken, url, parameters);
        var token = Guid.CreateVersion7(_clock.Now).ToString();
        for (var attempt = 0; ; attempt++)
        {
            var answer = await TryAsync(url, signature, token, parameters, overrides.Timeout, ct);
            if (attempt >= overrides.Retries || !overrides.ShouldRetry(answer))
            {
                return answer;
            }
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<WebhookAnswer> TryAsync(
        string url, string signature, string token, IReadOnlyCollection<KeyValuePair<string, string>> parameters, TimeSpan limit, CancellationToken ct)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(limit);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(parameters) };
            request.Headers.Add("X-Twilio-Signature", signature);
            request.Headers.Add("I-Twilio-Idempotency-Token", token);
            request.Headers.TryAddWithoutValidation("User-Agent", "TwilioProxy/1.1");
            if (request.RequestUri!.UserInfo is { Length: > 0 } user)
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(user))));
            }

            using var response = await _http.SendAsync(request, timeout.Token);
            return new((int)response.StatusCode, false, await response.Content.ReadAsStringAsync(timeout.Token));
        }
        catch (OperationCanceledException)
        {
            return new(0, true, "");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new(0, false, "");
        }
    }
}
