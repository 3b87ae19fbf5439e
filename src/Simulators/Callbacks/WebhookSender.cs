using System.Net.Http.Headers;
using System.Text;

namespace Relais.Simulators;

/// <summary>Posts signed forms to the webhooks of an account and retries as their URLs ask.</summary>
internal sealed class WebhookSender : IDisposable
{
    private readonly HttpClient http;
    private readonly SimulatorClock clock;
    private readonly bool retryByDefault;

    public WebhookSender(TwilioSimulatorOptions options, SimulatorClock clock)
    {
        this.clock = clock;
        retryByDefault = options.RetryCallbacks;
        http = new HttpClient(new SocketsHttpHandler
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

    /// <param name="webhook">URL, which may end with connection overrides (#rc=…)</param>
    public async Task<WebhookAnswer> PostAsync(
        SimulatedAccount account, string webhook, IReadOnlyCollection<KeyValuePair<string, string>> parameters, CancellationToken ct)
    {
        var (url, overrides) = ConnectionOverrides.Read(webhook, retryByDefault);
        var signature = TwilioSignature.Of(account.AuthToken, url, parameters);
        var idempotencyToken = Guid.CreateVersion7(clock.Now).ToString();
        for (var attempt = 0; ; attempt++)
        {
            var answer = await TryAsync(url, signature, idempotencyToken, parameters, overrides.Timeout, ct);
            if (attempt >= overrides.Retries || !overrides.ShouldRetry(answer))
            {
                return answer;
            }
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<WebhookAnswer> TryAsync(
        string url, string signature, string idempotencyToken,
        IReadOnlyCollection<KeyValuePair<string, string>> parameters, TimeSpan limit, CancellationToken ct)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(limit);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(parameters) };
            request.Headers.Add("X-Twilio-Signature", signature);
            request.Headers.Add("I-Twilio-Idempotency-Token", idempotencyToken);
            request.Headers.TryAddWithoutValidation("User-Agent", "TwilioProxy/1.1");
            if (request.RequestUri!.UserInfo is { Length: > 0 } user)
            {
                var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(user)));
                request.Headers.Authorization = new AuthenticationHeaderValue("Basic", credentials);
            }

            using var response = await http.SendAsync(request, timeout.Token);
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
