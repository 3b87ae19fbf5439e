using System.Collections.Concurrent;
using System.Net;
using Relais.Kit;

namespace EndToEnd.Tests.MixedLoad;

/// <summary>Posts signed forms to the webhook as the provider does, and counts the answers.</summary>
internal sealed class SignedWebhookClient(RelaisSystem system) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { Timeout = TimeSpan.FromSeconds(30) };
    private readonly ConcurrentDictionary<int, int> answers = new();

    public IReadOnlyDictionary<int, int> Answers => answers;

    /// <param name="form">Parameters of the form.</param>
    /// <param name="query">Query string with its question mark, or empty.</param>
    /// <param name="token">Auth token that signs the form; null: that of the account. Another token makes a wrong signature.</param>
    public async Task<HttpStatusCode> PostAsync(IReadOnlyList<KeyValuePair<string, string>> form, string query = "", string? token = null)
    {
        var url = new Uri(system.PublicUrl, $"/api/webhook-router{query}");
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(form) };
        request.Headers.Add("X-Twilio-Signature", WebhookSignature.Of(url.ToString(), form, token ?? system.AuthToken));
        using var answer = await http.SendAsync(request);
        answers.AddOrUpdate((int)answer.StatusCode, 1, (_, n) => n + 1);
        return answer.StatusCode;
    }

    public void Dispose() => http.Dispose();
}
