using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Relais.Channels;
using Relais.Channels.Twilio;
using Twilio.Rest.Api.V2010.Account;

namespace Functions.Tests.Channels;

/// <summary>Tests how the Twilio client classifies answers that the SDK alone would misread.</summary>
public sealed class TwilioCallTests
{
    private static readonly ProviderCredentials Account = new("AC00000000000000000000000000000001", "token");

    [Theory]
    [InlineData(
        400, """{"code":21610,"message":"Attempt to send to unsubscribed recipient","more_info":"","status":400}""", "Refused", "21610")]
    [InlineData(
        400, """{"type":"https://example.org/e","title":"Unsubscribed","code":21610,"status":400,"detail":"x"}""", "Refused", "21610")]
    [InlineData(429, "{}", "Refused", "http_429")]
    [InlineData(502, "<html>Bad Gateway</html>", "Unknown", "http_502")]
    [InlineData(503, "", "Unknown", "http_503")]
    [InlineData(500, "null", "Unknown", "http_500")]
    [InlineData(500, "[1]", "Unknown", "http_500")]
    [InlineData(200, "<html>", "Unknown", "http_200")]
    [InlineData(201, "[]", "Unknown", "http_201")]
    public async Task An_answer_is_classified_by_its_status_and_error_code(int status, string body, string kind, string code)
    {
        await using var server = await StartAsync(http =>
        {
            http.Response.StatusCode = status;
            http.Response.ContentType = "application/json";
            return http.Response.WriteAsync(body);
        });

        var failure = (await CreateAsync(server)).Failure;

        Assert.Equal(new ProviderFailure(Enum.Parse<ProviderFailureKind>(kind), code, status), failure);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        var calls = 0;
        await using var server = await StartAsync(http =>
        {
            calls++;
            http.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        });

        Assert.Equal(
            (ProviderFailureKind.Unknown, 302),
            ((await CreateAsync(server)).Failure!.Kind, (await CreateAsync(server)).Failure!.HttpStatus));
        Assert.Equal(2, calls);
    }

    private static async Task<WebApplication> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return app;
    }

    private static async Task<ProviderResult<MessageResource>> CreateAsync(WebApplication server)
    {
        using var clients = new TwilioClients(new TwilioOptions { BaseUrl = new Uri(server.Urls.Single()) });
        return await clients.CallAsync(
            Account,
            client => MessageResource.CreateAsync(new CreateMessageOptions("+15145550100") { From = "+15145550101", Body = "x" }, client));
    }
}
