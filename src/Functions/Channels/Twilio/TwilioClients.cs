using System.Collections.Concurrent;
using Twilio.Clients;
using Twilio.Http;

namespace Relais.Channels.Twilio;

/// <summary>One SDK client per account and token, all over one connection pool.</summary>
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
        // a rotated token leaves its old client behind: bounded by forgetting all once in a while
        if (clients.Count > 10_000)
        {
            clients.Clear();
        }

        return clients.GetOrAdd((accountSid, authToken), key =>
            new TwilioRestClient(key.AccountSid, key.AuthToken, key.AccountSid, httpClient: new SystemNetHttpClient(http)));
    }

    public void Dispose() => http.Dispose();
}
