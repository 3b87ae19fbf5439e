using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Relais.Kit;

namespace FunctionsHost.Tests;

/// <summary>
/// The host itself decides about keys, CORS, disabled functions, the limit of a body and the names that are bound from a body.
/// </summary>
public sealed class HttpTests(HttpTests.Host host) : IClassFixture<HttpTests.Host>
{
    [Theory]
    [InlineData("auth/function", null, HttpStatusCode.Unauthorized)]
    [InlineData("auth/function", TestApp.Key, HttpStatusCode.OK)]
    [InlineData("auth/function", "FUNCTION-KEY", HttpStatusCode.Unauthorized)]
    [InlineData("auth/function", TestApp.MasterKey, HttpStatusCode.OK)]
    [InlineData("auth/function?code=function-key", "wrong", HttpStatusCode.Unauthorized)]
    [InlineData("auth/function?code=function-key", null, HttpStatusCode.OK)]
    [InlineData("auth/admin", TestApp.Key, HttpStatusCode.Unauthorized)]
    [InlineData("auth/admin", TestApp.MasterKey, HttpStatusCode.OK)]
    [InlineData("auth/anonymous", "wrong", HttpStatusCode.OK)]
    public async Task A_key_opens_the_functions_of_its_level(string path, string? key, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("x-functions-key", key is null ? [] : [key]);
        using var response = await host.Started.Http.SendAsync(request);

        Assert.Equal(status, response.StatusCode);
    }

    [Theory]
    [InlineData("https://app.example", true)]
    [InlineData("https://other.example", false)]
    public async Task A_preflight_is_answered_for_the_allowed_origins_only(string origin, bool allowed)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "bodyhash");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "PUT");
        using var response = await host.Started.Http.SendAsync(request);

        Assert.Equal(allowed, response.Headers.TryGetValues("Access-Control-Allow-Origin", out var given) && given.Single() == origin);
    }

    [Fact]
    public async Task A_disabled_function_is_not_there()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await host.Started.Http.GetAsync("noroute")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Started.Http.GetAsync("multi")).StatusCode);
    }

    [Theory]
    [InlineData(1000, false, HttpStatusCode.OK)]
    [InlineData(1000, true, HttpStatusCode.OK)]
    [InlineData(200_001, false, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(200_001, true, HttpStatusCode.RequestEntityTooLarge)]
    public async Task A_body_over_the_limit_is_refused(int length, bool chunked, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "bodyhash") { Content = new ByteArrayContent(new byte[length]) };
        request.Headers.TransferEncodingChunked = chunked;
        using var response = await host.Started.Http.SendAsync(request);

        Assert.Equal(status, response.StatusCode);
    }

    [Theory]
    [InlineData("2\r\n[]\r\nno number\r\n")]
    [InlineData("2\r\n[]beyond its length\r\n0\r\n\r\n")]
    [InlineData("ffffffffffffffffffff\r\n")]
    public async Task A_malformed_chunked_body_is_answered_400(string chunks)
    {
        var address = host.Started.Http.BaseAddress!;
        using var client = new TcpClient(address.Host, address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /api/bodyhash HTTP/1.1\r\nHost: {address.Authority}\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}"));
        using var reader = new StreamReader(stream, Encoding.ASCII);

        Assert.StartsWith("HTTP/1.1 400 ", await reader.ReadLineAsync());
    }

    [Fact]
    public async Task A_connection_whose_body_was_refused_takes_no_further_request()
    {
        using var content = new ByteArrayContent(new byte[200_001]);
        using var response = await host.Started.Http.PostAsync(new Uri("bodyhash", UriKind.Relative), content);

        Assert.True(response.Headers.ConnectionClose);
    }

    [Theory]
    [InlineData("""{"q":"from the body","n":1}""", "querybound", "from the body")]
    [InlineData("""  {"Q":"in another case"}  """, "querybound", "in another case")]
    [InlineData("""{"q":"from the body"}""", "querybound?q=from+the+query", "from the query")]
    [InlineData("""{"q":null}""", "querybound", null)]
    [InlineData("""["q"]""", "querybound", null)]
    [InlineData("""{"q":""", "querybound", null)]
    public async Task A_member_of_a_JSON_body_is_bound_by_its_name(string body, string path, string? bound)
    {
        foreach (var chunked in (bool[])[false, true])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path)
            {
                Content = new StringContent(body, Encoding.UTF8, "application/json"),
            };
            request.Headers.TransferEncodingChunked = chunked;
            using var response = await host.Started.Http.SendAsync(request);

            Assert.Equal(bound, (await response.Content.ReadFromJsonAsync<JsonObject>())!["q"]?.ToString());
        }
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(150_000, true)]
    public async Task A_body_that_was_read_for_its_members_reaches_the_function_unchanged(int length, bool chunked)
    {
        var body = $$"""{"q":"{{new string('é', length / 2)}}"}""";
        using var request = new HttpRequestMessage(HttpMethod.Post, "bodyhash")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.TransferEncodingChunked = chunked;
        using var response = await host.Started.Http.SendAsync(request);
        var seen = await response.Content.ReadFromJsonAsync<JsonObject>();

        Assert.Equal(Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(body))), seen!["sha256"]!.ToString());
    }

    public sealed class Host : IAsyncLifetime
    {
        private readonly AzuriteFixture storage = new();

        public TestHost Started { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            await storage.InitializeAsync();
            var options = TestApp.Options(
                storage.ConnectionString,
                ("FUNCTIONS_LOCAL_KEY", TestApp.Key), ("FUNCTIONS_LOCAL_MASTER_KEY", TestApp.MasterKey),
                ("Host__CORS", "https://app.example, https://admin.example"),
                ("AzureWebJobs__Multi__Disabled", "true"), ("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", "200000"));
            // an argument, because the shell that starts the host drops environment variables with dots
            Started = await TestHost.StartAsync(options with { Arguments = ["--AzureWebJobs.NoRoute.Disabled=1"] });
        }

        public async Task DisposeAsync() => await Started.DisposeAsync();
    }
}
