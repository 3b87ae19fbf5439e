using System.Globalization;
using System.Net;
using Twilio.Rest.Api.V2010.Account;
using Twilio.Types;

namespace LocalPackages.Tests.Twilio;

public sealed class MessageResourceTests
{
    private const string Queued = """
        {"account_sid":"AC1","api_version":"2010-04-01","body":"Bonjour","date_created":"Thu, 30 Jul 2015 20:12:31 +0000",
         "date_sent":null,"date_updated":"Thu, 30 Jul 2015 20:12:33 +0000","direction":"outbound-api","error_code":null,"error_message":null,
         "from":"+15017122661","messaging_service_sid":null,"num_media":"0","num_segments":"1","price":null,"price_unit":"USD",
         "sid":"SM1","status":"queued","subresource_uris":{"media":"/2010-04-01/x.json"},"to":"+15558675310","uri":"/2010-04-01/m.json","new_member":{"a":1}}
        """;

    [Fact]
    public async Task A_message_is_posted_as_a_form_with_basic_auth()
    {
        await using var server = await WireServer.StartAsync(WireServer.Json(201, Queued));
        var options = new CreateMessageOptions(new PhoneNumber("whatsapp:+224620000000"))
        {
            From = "whatsapp:+14155238886",
            Body = "Allô 👋 & co",
            StatusCallback = new Uri("https://example.org/s?message=1&b=é"),
            ValidityPeriod = 300,
            ShortenUrls = true,
            MaxPrice = 0.5m,
            SendAt = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
            MediaUrl = [new Uri("https://example.org/1"), new Uri("https://example.org/2")],
            RiskCheck = MessageResource.RiskCheckEnum.Disable,
        };
        var message = await MessageResource.CreateAsync(options, server.Client());

        var (method, target, authorization, body, headers) = Assert.Single(server.Seen);
        Assert.Equal(("POST", "/2010-04-01/Accounts/AC1/Messages.json"), (method, target));
        Assert.Equal("Basic " + Convert.ToBase64String("AC1:token"u8), authorization);
        Assert.Equal("application/json", headers.Accept);
        Assert.Equal("application/x-www-form-urlencoded", headers.ContentType);
        Assert.StartsWith("twilio-csharp/7.14.9 ", headers.UserAgent.ToString(), StringComparison.Ordinal);
        Assert.Equal(
            ["To=whatsapp:+224620000000", "StatusCallback=https://example.org/s?message=1&b=é", "MaxPrice=0.5", "ValidityPeriod=300", "ShortenUrls=true",
             "SendAt=2026-01-02T03:04:05Z", "RiskCheck=disable", "From=whatsapp:+14155238886", "Body=Allô 👋 & co",
             "MediaUrl=https://example.org/1", "MediaUrl=https://example.org/2"],
            body.Split('&').Select(WebUtility.UrlDecode));
        Assert.Equal(("SM1", "1", "+15558675310"), (message.Sid, message.NumSegments, message.To));
        Assert.Equal(MessageResource.StatusEnum.Queued, message.Status);
        Assert.True(message.Direction == MessageResource.DirectionEnum.OutboundApi);
        Assert.Equal("+15017122661", message.From.ToString());
        Assert.Equal(new DateTime(2015, 7, 30, 20, 12, 31, DateTimeKind.Utc), message.DateCreated!.Value.ToUniversalTime());
        Assert.Null(message.DateSent);
        Assert.Null(message.ErrorCode);
        Assert.Equal("/2010-04-01/x.json", message.SubresourceUris["media"]);
    }

    [Fact]
    public async Task A_status_that_the_library_does_not_know_keeps_its_text()
    {
        await using var server = await WireServer.StartAsync(WireServer.Json(200, Queued.Replace("\"queued\"", "\"shiny\"", StringComparison.Ordinal)));
        var message = await MessageResource.FetchAsync("SM1", client: server.Client());
        Assert.Equal("shiny", message.Status.ToString());
        Assert.Equal(("GET", "/2010-04-01/Accounts/AC1/Messages/SM1.json"), (server.Seen[0].Method, server.Seen[0].Target));
    }

    [Fact]
    public async Task Reading_filters_by_time_and_follows_pages_until_the_limit()
    {
        await using var server = await WireServer.StartAsync(async http =>
        {
            var page = int.Parse(http.Request.Query["Page"].FirstOrDefault("0")!, CultureInfo.InvariantCulture);
            var next = page < 9 ? $"\"/2010-04-01/Accounts/AC1/Messages.json?PageSize=2&Page={page + 1}&PageToken=PASM\"" : "null";
            await WireServer.Json(200, $$"""{"messages":[{{Queued}},{{Queued}}],"page":{{page}},"page_size":2,"uri":"/x","next_page_uri":{{next}},"previous_page_uri":null,"first_page_uri":"/f"}""")(http);
        });
        var options = new ReadMessageOptions { To = "+15558675310", DateSentAfter = new DateTime(2026, 1, 2, 0, 0, 0, DateTimeKind.Utc), PageSize = 2, Limit = 6 };
        var messages = await MessageResource.ReadAsync(options, server.Client());
        Assert.Single(server.Seen);
        Assert.Equal(6, messages.Count());
        Assert.Equal(3, server.Seen.Count);
        Assert.Equal("/2010-04-01/Accounts/AC1/Messages.json?To=%2B15558675310&DateSent%3E=2026-01-02T00%3A00%3A00Z&PageSize=2", server.Seen[0].Target);
        Assert.EndsWith("PageToken=PASM", server.Seen[1].Target, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_is_cancelled_and_deleted()
    {
        await using var server = await WireServer.StartAsync(WireServer.Json(200, Queued));
        await MessageResource.UpdateAsync(new UpdateMessageOptions("SM1") { Status = MessageResource.UpdateStatusEnum.Canceled, Body = "" }, server.Client());
        Assert.Equal("Body=&Status=canceled", server.Seen[0].Body);
        server.Answer = http => { http.Response.StatusCode = 204; return Task.CompletedTask; };
        Assert.True(await MessageResource.DeleteAsync(new DeleteMessageOptions("SM1"), server.Client()));
        Assert.Equal("DELETE", server.Seen[1].Method);
    }
}
