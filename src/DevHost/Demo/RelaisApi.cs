using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Relais.DevHost.Services;

namespace Relais.DevHost.Demo;

/// <summary>Calls the app's HTTP API as a tenant's system does. It retries for a minute while the app is being restarted.</summary>
internal sealed class RelaisApi : IDisposable
{
    private static readonly TimeSpan RetryTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    private readonly HttpClient http;

    public RelaisApi(Uri app, string apiKey)
    {
        http = new HttpClient { BaseAddress = new Uri(app, "/api/v1/"), Timeout = TimeSpan.FromSeconds(60) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
    }

    public Task<ImportReport> ImportAsync(string fileName, byte[] csv, CancellationToken ct) =>
        SendAsync<ImportReport>(() => new HttpRequestMessage(HttpMethod.Post, "contacts/import") { Content = FileForm(fileName, csv) }, ct);

    public Task<Campaign> CreateAsync(NewCampaign campaign, CancellationToken ct) =>
        SendAsync<Campaign>(() => new HttpRequestMessage(HttpMethod.Post, "campaigns") { Content = JsonContent.Create(campaign) }, ct);

    public Task<Campaign> GetAsync(Guid id, CancellationToken ct) =>
        SendAsync<Campaign>(() => new HttpRequestMessage(HttpMethod.Get, $"campaigns/{id}"), ct);

    public Task<CampaignList> ListAsync(CancellationToken ct) =>
        SendAsync<CampaignList>(() => new HttpRequestMessage(HttpMethod.Get, "campaigns?limit=100"), ct);

    /// <summary>
    /// Starts, pauses, resumes or cancels the campaign. A conflict is no error: an earlier attempt whose response was lost has succeeded.
    /// </summary>
    /// <param name="id">The campaign.</param>
    /// <param name="action">start, pause, resume or cancel.</param>
    /// <param name="ct">Cancels the retries.</param>
    public async Task ControlAsync(Guid id, string action, CancellationToken ct)
    {
        using var response = await SendWithRetryAsync(() => new HttpRequestMessage(HttpMethod.Post, $"campaigns/{id}/{action}"), ct);
        if (response.StatusCode != HttpStatusCode.Conflict)
        {
            await ThrowUnlessSuccessAsync(response, ct);
        }
    }

    private static MultipartFormDataContent FileForm(string name, byte[] csv)
    {
        var file = new ByteArrayContent(csv) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } };
        return new MultipartFormDataContent { { file, "file", name } };
    }

    public void Dispose() => http.Dispose();

    private async Task<T> SendAsync<T>(Func<HttpRequestMessage> request, CancellationToken ct)
    {
        using var response = await SendWithRetryAsync(request, ct);
        await ThrowUnlessSuccessAsync(response, ct);
        return (await response.Content.ReadFromJsonAsync<T>(ct))!;
    }

    private async Task<HttpResponseMessage> SendWithRetryAsync(Func<HttpRequestMessage> request, CancellationToken ct)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                using var message = request();
                var response = await http.SendAsync(message, ct);
                if (response.StatusCode < HttpStatusCode.InternalServerError || TimeProvider.System.GetElapsedTime(started) > RetryTimeout)
                {
                    return response;
                }

                response.Dispose();
            }
            catch (HttpRequestException) when (TimeProvider.System.GetElapsedTime(started) < RetryTimeout)
            {
                // The app is being restarted.
            }

            await Task.Delay(Poll, TimeProvider.System, ct);
        }
    }

    private static async Task ThrowUnlessSuccessAsync(HttpResponseMessage response, CancellationToken ct)
    {
        if (!response.IsSuccessStatusCode)
        {
            var request = response.RequestMessage!;
            throw new DevServiceException(
                $"{request.Method} {request.RequestUri} failed with status {(int)response.StatusCode}:\n" +
                await response.Content.ReadAsStringAsync(ct));
        }
    }
}
