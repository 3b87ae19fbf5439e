using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using Relais.Kit;

namespace Functions.Tests.Access;

/// <summary>Tests the rate limits on a running app with small limits. Each caller has its own loopback address.</summary>
public sealed class LimitedSystemTests(
    PostgresFixture postgres, AzuriteFixture storage) : IClassFixture<PostgresFixture>, IClassFixture<AzuriteFixture>
{
    [Fact]
    public async Task A_rate_limited_client_gets_429_and_others_are_unaffected()
    {
        await using var system = await RelaisSystem.StartAsync(postgres, storage, new RelaisSystemOptions
        {
            Settings = new Dictionary<string, string?> { ["Limits__PerAddress"] = "120", ["Limits__PerTenant"] = "60" },
        });
        var guesses = await SendAsync(system.App.Url, 40, "/api/v1/contacts", "127.0.0.11", "rk_guess");
        var tenant = await SendAsync(system.App.Url, 15, "/api/v1/contacts", "127.0.0.12", system.ApiKey);
        var other = await SendAsync(system.App.Url, 1, "/api/v1/contacts", "127.0.0.13", "rk_guess");
        var webhooks = await SendAsync(system.App.Url, 40, "/api/webhook-router", "127.0.0.11", "", HttpMethod.Post);

        var probes = await SendAsync(system.App.Url, 40, "/api/health/ready", "127.0.0.14", "");

        // The burst allows 20 requests; some more are allowed while the requests run.
        Assert.InRange(guesses.Count(answer => answer.Status == HttpStatusCode.Unauthorized), 20, 30);
        Assert.InRange(tenant.Count(answer => answer.Status == HttpStatusCode.OK), 10, 13);
        Assert.Equal(HttpStatusCode.Unauthorized, other[0].Status);
        Assert.All(webhooks, answer => Assert.Equal(HttpStatusCode.Forbidden, answer.Status));
        Assert.InRange(probes.Count(answer => answer.Status == HttpStatusCode.OK), 20, 30);
        Assert.All(
            guesses.Concat(tenant).Concat(probes).Where(answer => answer.Status is not (HttpStatusCode.OK or HttpStatusCode.Unauthorized)),
            answer =>
        {
            Assert.Equal((HttpStatusCode.TooManyRequests, "too_many_requests"), (answer.Status, answer.Code));
            Assert.InRange(answer.RetryAfter!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        });
    }

    private static async Task<List<(HttpStatusCode Status, string? Code, TimeSpan? RetryAfter)>> SendAsync(
        Uri app, int times, string path, string address, string credential, HttpMethod? method = null)
    {
        using var http = ClientAt(address, app);
        var answers = new List<(HttpStatusCode, string?, TimeSpan?)>();
        for (var i = 0; i < times; i++)
        {
            using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
            // An invented header must not change the client address.
            request.Headers.Add("X-Forwarded-For", $"203.0.113.{i}");
            request.Headers.Authorization = credential.Length == 0 ? null : new AuthenticationHeaderValue("Bearer", credential);
            using var response = await http.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            var code = response.Content.Headers.ContentType?.MediaType == "application/problem+json"
                ? JsonDocument.Parse(text).RootElement.GetProperty("code").GetString()
                : null;
            answers.Add((response.StatusCode, code, response.Headers.RetryAfter?.Delta));
        }

        return answers;
    }

    private static HttpClient ClientAt(string address, Uri app) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, ct) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(context.DnsEndPoint, ct);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = app,
    };
}
