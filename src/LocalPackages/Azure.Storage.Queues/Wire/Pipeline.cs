using System.Globalization;
using System.Net.Http.Headers;
using Azure.Core;

namespace Azure.Storage.Queues.Wire;

/// <summary>One request to the queue service: signed, limited in time, repeated where the service asks for it.</summary>
internal sealed class Pipeline(StorageAccount account, QueueClientOptions options)
{
    private static readonly HttpClient s_shared = Client(new SocketsHttpHandler
    {
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        AllowAutoRedirect = false,
        UseCookies = false,
    });

    private readonly HttpClient _http = options.Transport is null ? s_shared : Client(options.Transport);
    private readonly RetryOptions _retry = options.Retry;

    public async Task<ServiceResponse> SendAsync(QueueRequest request, CancellationToken ct)
    {
        var failures = new List<Exception>();
        for (var attempt = 0; ; attempt++)
        {
            var last = attempt >= _retry.MaxRetries;
            var (response, failure) = await TryAsync(request, ct).ConfigureAwait(false);
            if (response is not null && (last || !IsRetryable(response.Status)))
            {
                return response;
            }

            if (failure is not null)
            {
                failures.Add(failure);
            }

            if (last)
            {
                throw failures.Count == 1 ? failures[0] : new AggregateException($"Retry failed after {attempt + 1} tries.", failures);
            }

            await Task.Delay(Delay(attempt, response), options.Time, ct).ConfigureAwait(false);
        }
    }

    private async Task<(ServiceResponse? Response, Exception? Failure)> TryAsync(QueueRequest request, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(_retry.NetworkTimeout, options.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            using var message = Build(request);
            using var answer = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, both.Token).ConfigureAwait(false);
            var body = await answer.Content.ReadAsByteArrayAsync(both.Token).ConfigureAwait(false);
            return (new ServiceResponse(answer, body), null);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            return (null, new TaskCanceledException($"The operation exceeded the configured timeout of {_retry.NetworkTimeout}.", e));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return (null, new RequestFailedException(e.Message, e));
        }
    }

    private HttpRequestMessage Build(QueueRequest request)
    {
        var query = string.Join('&', request.Query.Where(p => p.Value is not null).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}"));
        if (account.Sas is not null)
        {
            query = query.Length == 0 ? account.Sas : $"{query}&{account.Sas}";
        }

        var now = options.Time.GetUtcNow();
        var message = new HttpRequestMessage(request.Method, $"{account.Endpoint.AbsoluteUri.TrimEnd('/')}/{request.Path}{(query.Length == 0 ? "" : "?")}{query}");
        message.Headers.Add("x-ms-version", "2021-12-02");
        message.Headers.Add("x-ms-date", now.ToString("R", CultureInfo.InvariantCulture));
        message.Headers.Add("x-ms-client-request-id", Guid.CreateVersion7(now).ToString());
        foreach (var (name, value) in request.Metadata ?? new Dictionary<string, string>())
        {
            message.Headers.Add("x-ms-meta-" + name, value);
        }

        if (request.Body is not null || request.Method == HttpMethod.Put)
        {
            message.Content = new ByteArrayContent(request.Body ?? []);
            message.Content.Headers.ContentType = request.Body is null ? null : new MediaTypeHeaderValue("application/xml");
        }

        SharedKey.Sign(message, account);
        return message;
    }

    private TimeSpan Delay(int attempt, ServiceResponse? response)
    {
        var jitter = 0.8 + (Random.Shared.NextDouble() * 0.4);
        var backoff = TimeSpan.FromTicks((long)Math.Min(_retry.Delay.Ticks * Math.Pow(2, attempt) * jitter, _retry.MaxDelay.Ticks));
        return response?.RetryAfter is { } asked && asked > backoff ? asked : backoff;
    }

    private static bool IsRetryable(int status) => status is 408 or 429 or 500 or 502 or 503 or 504;

    private static HttpClient Client(HttpMessageHandler handler) => new(handler) { Timeout = Timeout.InfiniteTimeSpan };
}

internal sealed record QueueRequest(HttpMethod Method, string Path, params (string Name, string? Value)[] Query)
{
    public byte[]? Body { get; init; }

    public IDictionary<string, string>? Metadata { get; init; }
}
