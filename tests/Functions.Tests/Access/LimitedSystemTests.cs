using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Relais.Kit;

namespace Functions.Tests.Access;

/// <summary>An app with small limits, behind one proxy.</summary>
public sealed class LimitedSystemTests(PostgresFixture postgres, AzuriteFixture storage) : IClassFixture<PostgresFixture>, IClassFixture<AzuriteFixture>
{
    [Fact]
    public async Task Who_asks_too_often_waits_and_nobody_else_does()
    {
        await using var system = await RelaisSystem.StartAsync(postgres, storage, new RelaisSystemOptions
        {
            Settings = new Dictionary<string, string?> { ["Limits__PerAddress"] = "120", ["Limits__PerTenant"] = "60", ["Limits__TrustedProxies"] = "1" },
        });
        using var http = system.CreateClient(null);

        var guesses = await SendAsync(http, 40, "/api/v1/contacts", "198.51.100.1", "rk_guess");
        var tenant = await SendAsync(http, 15, "/api/v1/contacts", "198.51.100.2", system.ApiKey);
        var other = await SendAsync(http, 1, "/api/v1/contacts", "198.51.100.3", "rk_guess");
        var webhooks = await SendAsync(http, 40, "/api/webhook-router", "198.51.100.1", "", HttpMethod.Post);

        var probes = await SendAsync(http, 40, "/api/health/ready", "198.51.100.4", "");

        // a burst of 20, and what came back while the requests ran
        Assert.InRange(guesses.Count(answer => answer.Status == HttpStatusCode.Unauthorized), 20, 30);
        Assert.InRange(tenant.Count(answer => answer.Status == HttpStatusCode.OK), 10, 13);
        Assert.Equal(HttpStatusCode.Unauthorized, other[0].Status);
        Assert.All(webhooks, answer => Assert.Equal(HttpStatusCode.Forbidden, answer.Status));
        Assert.InRange(probes.Count(answer => answer.Status == HttpStatusCode.OK), 20, 30);
        Assert.All(guesses.Concat(tenant).Concat(probes).Where(answer => answer.Status is not (HttpStatusCode.OK or HttpStatusCode.Unauthorized)), answer =>
        {
            Assert.Equal((HttpStatusCode.TooManyRequests, "too_many_requests"), (answer.Status, answer.Code));
            Assert.InRange(answer.RetryAfter!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        });
    }

    private static async Task<List<(HttpStatusCode Status, string? Code, TimeSpan? RetryAfter)>> SendAsync(
        HttpClient http, int times, string path, string address, string credential, HttpMethod? method = null)
    {
        var answers = new List<(HttpStatusCode, string?, TimeSpan?)>();
        for (var i = 0; i < times; i++)
        {
            using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
            request.Headers.Add("X-Forwarded-For", $"203.0.113.{i}, {address}:50{i:D3}");
            request.Headers.Authorization = credential.Length == 0 ? null : new AuthenticationHeaderValue("Bearer", credential);
            using var response = await http.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            var code = response.Content.Headers.ContentType?.MediaType == "application/problem+json" ? JsonDocument.Parse(text).RootElement.GetProperty("code").GetString() : null;
            answers.Add((response.StatusCode, code, response.Headers.RetryAfter?.Delta));
        }

        return answers;
    }
}
