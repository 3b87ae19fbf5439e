using System.Collections.Concurrent;
using Twilio.Clients;
using Twilio.Http;

namespace Relais.Channels.Twilio;

/// <summary>Keeps one SDK client for each account and auth token. All clients share one connection pool.</summary>
internal sealed class TwilioClients : IDisposable
{
    private readonly ConcurrentDictionary<(string AccountSid, string AuthToken), ITwilioRestClient> clients = new();
    private readonly System.Net.Http.HttpClient http;

    public TwilioClients(TwilioOptions options)
    {
        var sockets = new SocketsHttpHandler
        {
            MaxConnectionsPerServer = options.MaxConnections,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = TimeSpan.FromSeconds(5),
            AllowAutoRedirect = false,
            UseCookies = false,
        };
        http = new System.Net.Http.HttpClient(new TwilioHandler(options, sockets)) { Timeout = options.CallTimeout };
    }

    public ITwilioRestClient For(string accountSid, string authToken)
    {
        // Clients of replaced tokens are never used again. Clearing the cache now and then keeps it small.
        if (clients.Count > 10_000)
        {
            clients.Clear();
        }

        return clients.GetOrAdd((accountSid, authToken), key =>
            new TwilioRestClient(key.AccountSid, key.AuthToken, key.AccountSid, httpClient: new SystemNetHttpClient(http)));
    }

    public void Dispose() => http.Dispose();
}
