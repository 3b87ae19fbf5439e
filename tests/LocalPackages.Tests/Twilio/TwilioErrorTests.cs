using Twilio.Clients;
using Twilio.Exceptions;
using Twilio.Http;
using Twilio.Rest.Api.V2010.Account;

namespace LocalPackages.Tests.Twilio;

public sealed class TwilioErrorTests
{
    [Fact]
    public async Task A_refusal_keeps_code_status_message_and_link()
    {
        var refused = await FailsAsync(400, """{"code":21610,"message":"Attempt to send to unsubscribed recipient","more_info":"https://www.twilio.com/docs/errors/21610","status":400,"details":{"a":1}}""");
        Assert.Equal((21610, 400), (refused.Code, refused.Status));
        Assert.Equal("Attempt to send to unsubscribed recipient", refused.Message);
        Assert.Equal("https://www.twilio.com/docs/errors/21610", refused.MoreInfo);
        Assert.True(refused.Details.ContainsKey("a"));
    }

    [Fact]
    public async Task A_json_error_without_code_keeps_the_status()
    {
        var failed = await FailsAsync(429, "{}");
        Assert.Equal((0, 429), (failed.Code, failed.Status));
    }

    [Theory]
    [InlineData(503, "", "Api Error: ServiceUnavailable - ")]
    [InlineData(502, "<html>Bad Gateway</html>", "Api Error: BadGateway - <html>Bad Gateway</html>")]
    [InlineData(500, "null", "Api Error: InternalServerError - null")]
    [InlineData(500, "[1]", "Api Error: InternalServerError - [1]")]
    public async Task An_error_that_is_not_twilios_json_has_no_code_and_no_status(int status, string body, string message)
    {
        var failed = await FailsAsync(status, body);
        Assert.Equal((0, 0, message), (failed.Code, failed.Status, failed.Message));
    }

    [Fact]
    public async Task A_success_that_is_not_json_is_an_api_exception() => await FailsAsync(200, "<html>");

    [Fact]
    public async Task A_cut_connection_and_a_timeout_are_connection_errors_and_nothing_is_repeated()
    {
        await using var server = await WireServer.StartAsync(http => { http.Abort(); return Task.CompletedTask; });
        var cut = await Assert.ThrowsAsync<ApiConnectionException>(() => SendAsync(server.Client()));
        Assert.IsType<HttpRequestException>(cut.InnerException);
        Assert.StartsWith("Connection Error: POSThttps://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json", cut.Message, StringComparison.Ordinal);

        server.Answer = http => Task.Delay(Timeout.Infinite, http.RequestAborted);
        var late = await Assert.ThrowsAsync<ApiConnectionException>(() => SendAsync(server.Client(TimeSpan.FromMilliseconds(100))));
        Assert.IsType<TaskCanceledException>(late.InnerException);
        Assert.Equal(2, server.Seen.Count);
    }

    [Fact]
    public async Task A_redirect_is_an_answer_and_not_followed()
    {
        await using var server = await WireServer.StartAsync(http => { http.Response.Redirect("/elsewhere"); return Task.CompletedTask; });
        var client = new SystemNetHttpClient();
        var response = await client.MakeRequestAsync(new Request(global::Twilio.Http.HttpMethod.Get, server.BaseUrl + "/x"));
        Assert.Equal(302, (int)response.StatusCode);
        Assert.Same(response, client.LastResponse);
    }

    [Theory]
    [InlineData(null, null, "api.twilio.com")]
    [InlineData("ie1", null, "api.ie1.twilio.com")]
    [InlineData(null, "dublin", "api.dublin.us1.twilio.com")]
    [InlineData("ie1", "dublin", "api.dublin.ie1.twilio.com")]
    public void Region_and_edge_are_part_of_the_host(string? region, string? edge, string host)
    {
        var request = new Request(global::Twilio.Http.HttpMethod.Get, global::Twilio.Rest.Domain.Api, "/x", region: region, edge: edge);
        Assert.Equal(host, request.ConstructUrl().Host);
    }

    private static async Task<ApiException> FailsAsync(int status, string body)
    {
        await using var server = await WireServer.StartAsync(WireServer.Json(status, body));
        var failure = await Assert.ThrowsAsync<ApiException>(() => SendAsync(server.Client()));
        Assert.Single(server.Seen);
        return failure;
    }

    private static Task<MessageResource> SendAsync(ITwilioRestClient client) =>
        MessageResource.CreateAsync(new CreateMessageOptions("+15145550100") { From = "+15145550101", Body = "x" }, client);
}
