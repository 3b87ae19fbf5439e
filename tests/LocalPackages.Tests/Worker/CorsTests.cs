using System.Net;

namespace LocalPackages.Tests.Worker;

/// <summary>Pages of other origins, as Core Tools answer them.</summary>
public sealed class CorsTests
{
    private const string Here = "http://localhost:5173";

    [Theory]
    [InlineData("http://localhost:5173,https://admin.example", "https://admin.example", "https://admin.example")]
    [InlineData(" http://localhost:5173 ", Here, Here)]
    [InlineData("*", Here, "*")]
    [InlineData("https://admin.example", Here, null)]
    [InlineData("", Here, null)]
    public async Task A_page_may_read_what_its_origin_is_let_in_for(string cors, string origin, string? allowed)
    {
        await using var app = await TestApp.StartAsync([typeof(HttpTests.Web)], new() { ["Host:CORS"] = cors });

        using var answer = await SendAsync(app, HttpMethod.Get, origin);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(allowed, Header(answer, "Access-Control-Allow-Origin"));
        Assert.Null(Header(answer, "Access-Control-Allow-Credentials"));
    }

    [Theory]
    [InlineData("http://localhost:5173", HttpStatusCode.NoContent, Here)]
    [InlineData("https://admin.example", HttpStatusCode.NoContent, null)]
    [InlineData("", HttpStatusCode.NotFound, null)]
    public async Task A_preflight_is_answered_before_any_function(string cors, HttpStatusCode status, string? allowed)
    {
        await using var app = await TestApp.StartAsync([typeof(HttpTests.Web)], new() { ["Host:CORS"] = cors });

        using var answer = await SendAsync(app, HttpMethod.Options, Here, ("Access-Control-Request-Method", "PUT"), ("Access-Control-Request-Headers", "authorization,x-tenant"));

        Assert.Equal((status, allowed), (answer.StatusCode, Header(answer, "Access-Control-Allow-Origin")));
        Assert.Equal(allowed is null ? null : "PUT", Header(answer, "Access-Control-Allow-Methods"));
        Assert.Equal(allowed is null ? null : "authorization,x-tenant", Header(answer, "Access-Control-Allow-Headers"));
    }

    [Fact]
    public async Task Cookies_come_only_where_the_settings_say_so()
    {
        await using var app = await TestApp.StartAsync([typeof(HttpTests.Web)], new() { ["Host:CORS"] = Here, ["Host:CORSCredentials"] = "true" });

        using var answer = await SendAsync(app, HttpMethod.Get, Here);

        Assert.Equal("true", Header(answer, "Access-Control-Allow-Credentials"));
    }

    private static Task<HttpResponseMessage> SendAsync(TestApp app, HttpMethod method, string origin, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, "ping") { Headers = { { "Origin", origin } } };
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return app.Http.SendAsync(request);
    }

    private static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;
}
