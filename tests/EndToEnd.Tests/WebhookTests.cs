using System.Net;
using Relais.Kit;

namespace EndToEnd.Tests;

public sealed class WebhookTests(WebhookTests.SmsSystem shared) : IClassFixture<WebhookTests.SmsSystem>
{
    private readonly RelaisSystem system = shared.System;

    private static readonly string[] Urls =
    [
        "/api/webhook-router", "/api/receive-sms-twilio", "/api/webhooks/twilio", "/api/webhook-router-backup",
    ];

    [Fact]
    public async Task A_wrong_signature_gets_403_and_leaves_no_row()
    {
        var form = Inbound("SM1", "Bonjour");
        foreach (var url in Urls)
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(url, form, "wrong")).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(url, form, null)).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(url, form, Sign(url, form, "another token"))).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(url, With(form, "Body", "Changed"), Sign(url, form))).StatusCode);
            Assert.Equal(
                HttpStatusCode.Forbidden, (await PostAsync(url, With(form, "AccountSid", "ACunknown"), Sign(url, form))).StatusCode);
        }

        Assert.Equal(0, await system.Database.OneAsync<int>("select count(*)::int from webhook_events where sid = 'SM1'"));
        Assert.Equal(0, await system.Database.OneAsync<int>("select count(*)::int from messages where provider_sid = 'SM1'"));
    }

    [Fact]
    public async Task A_repeated_inbound_message_has_one_effect_and_gets_TwiML()
    {
        var form = Inbound("SM2", "Bonjour 👋 100%");

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(n => PostAsync(Urls[n % Urls.Length], form, Sign(Urls[n % Urls.Length], form))));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.All(answers, answer => Assert.Equal("text/xml", answer.Content.Headers.ContentType?.MediaType));
        Assert.Equal("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>", await answers[0].Content.ReadAsStringAsync());
        Assert.Equal(1, await system.Database.OneAsync<int>("select count(*)::int from webhook_events where sid = 'SM2'"));
        await Wait.UntilAsync(async () =>
            await system.Database.OneAsync<int>(
                "select count(*)::int from messages where direction = 'in' and body = 'Bonjour 👋 100%'") == 1);
        Assert.Equal(
            1,
            await system.Database.OneAsync<int>(
                "select count(distinct contact_id)::int from contact_identities where value = '+224620000777'"));
    }

    [Fact]
    public async Task Ten_identical_callbacks_store_one_event()
    {
        var id = Guid.CreateVersion7();
        await system.Database.ExecuteAsync(
            """
            insert into messages (id, tenant_id, sender_id, stream_id, channel, contact_address, status, attempt, due_at, created_at)
            values (@id, @TenantId, @SenderId, @SenderId, 'sms', '+224620000001', 'claimed', 1, now(), now())
            """, new { id, RelaisSystem.TenantId, RelaisSystem.SenderId });
        var url = $"/api/webhook-router?m={id:N}&a=1";
        var form = new List<KeyValuePair<string, string>>
        {
            new("MessageSid", "SM3"), new("SmsSid", "SM3"), new("MessageStatus", "delivered"), new("SmsStatus", "delivered"),
            new("AccountSid", RelaisSystem.AccountSid), new("From", RelaisSystem.SenderNumber), new("To", "+224620000001"),
            new("ApiVersion", "2010-04-01"),
        };

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => PostAsync(url, form, Sign(url, form))));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(1, await system.Database.OneAsync<int>("select count(*)::int from webhook_events where sid = 'SM3'"));
        Assert.Equal(1, await system.Database.OneAsync<int>("select count(*)::int from message_events where message_id = @id", new { id }));
        Assert.Equal("delivered", await system.Database.OneAsync<string>("select status from messages where id = @id", new { id }));
    }

    [Fact]
    public async Task An_early_status_is_stored_and_an_unknown_kind_is_acknowledged()
    {
        var earlyStatus = new List<KeyValuePair<string, string>>
        {
            new("MessageSid", "SM4"), new("MessageStatus", "sent"), new("AccountSid", RelaisSystem.AccountSid),
        };
        var unknownKind = new List<KeyValuePair<string, string>>
        {
            new("EventKind", "something-new"), new("AccountSid", RelaisSystem.AccountSid), new("Weird\0Key", "a\0b"),
        };

        Assert.Equal(HttpStatusCode.OK, (await PostAsync(Urls[0], earlyStatus, Sign(Urls[0], earlyStatus))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(Urls[0], unknownKind, Sign(Urls[0], unknownKind))).StatusCode);

        Assert.Equal("unmatched", await system.Database.OneAsync<string>("select state from webhook_events where sid = 'SM4'"));
        Assert.Equal("ignored", await system.Database.OneAsync<string>("select state from webhook_events where kind = 'other'"));
    }

    private static List<KeyValuePair<string, string>> Inbound(string sid, string body) =>
    [
        new("MessageSid", sid), new("SmsMessageSid", sid), new("SmsStatus", "received"), new("AccountSid", RelaisSystem.AccountSid),
        new("From", "+224620000777"), new("To", RelaisSystem.SenderNumber), new("Body", body), new("NumMedia", "0"),
        new("NumSegments", "1"),
    ];

    private static List<KeyValuePair<string, string>> With(List<KeyValuePair<string, string>> form, string key, string value) =>
        [.. form.Select(pair => pair.Key == key ? KeyValuePair.Create(key, value) : pair)];

    private string Sign(string url, List<KeyValuePair<string, string>> form, string? token = null) =>
        WebhookSignature.Of(new Uri(system.PublicUrl, url).ToString(), form, token ?? system.AuthToken);

    private async Task<HttpResponseMessage> PostAsync(string url, List<KeyValuePair<string, string>> form, string? signature)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(form) };
        if (signature is not null)
        {
            request.Headers.Add("X-Twilio-Signature", signature);
        }

        return await system.Api.SendAsync(request);
    }

    public sealed class SmsSystem : SystemFixture
    {
        protected override RelaisSystemOptions Options => new() { Channel = "sms" };
    }
}
