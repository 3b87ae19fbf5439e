using Microsoft.AspNetCore.Http;
using Relais.Simulators;
using Twilio.Exceptions;
using Twilio.TwiML;

namespace Simulators.Tests;

public sealed class InboundTests
{
    private const string Contact = "+224620000001";

    [Fact]
    public async Task A_whatsapp_message_arrives_signed_with_its_parameters()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        var inbound = new InboundMessage("whatsapp:" + Contact, SimulatorFixture.WhatsApp, "Oui")
        {
            ProfileName = "Aïssatou",
            ButtonText = "Oui",
            ButtonPayload = "yes",
            RepliedMessageSid = "SM1",
            MediaUrls = ["https://example.org/1.jpg"],
            Parameters = new Dictionary<string, string> { ["Forwarded"] = "true" },
        };
        var result = await fixture.Simulator.ReceiveAsync(inbound);
        var received = Assert.Single(fixture.Webhook.All);
        Assert.True(received.IsSigned);
        Assert.Equal("/inbound?t=1", received.Target);
        Assert.Equal(204, result.WebhookStatus);
        Dictionary<string, string> expected = new()
        {
            ["MessageSid"] = result.Sid,
            ["SmsStatus"] = "received",
            ["From"] = "whatsapp:" + Contact,
            ["To"] = SimulatorFixture.WhatsApp,
            ["Body"] = "Oui",
            ["ProfileName"] = "Aïssatou",
            ["WaId"] = "224620000001",
            ["ButtonText"] = "Oui",
            ["ButtonPayload"] = "yes",
            ["MessageType"] = "button",
            ["OriginalRepliedMessageSid"] = "SM1",
            ["NumMedia"] = "1",
            ["MediaUrl0"] = "https://example.org/1.jpg",
            ["Forwarded"] = "true",
        };
        Assert.All(expected, pair => Assert.Equal(pair.Value, received.Form[pair.Key]));
    }

    [Fact]
    public async Task The_webhooks_twiml_comes_back_to_the_recipient()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        fixture.Webhook.Answer = http =>
        {
            http.Response.ContentType = "text/xml";
            return http.Response.WriteAsync(new MessagingResponse().Message("Bien reçu 👍").Message("À bientôt").ToString());
        };
        var result = await fixture.Simulator.ReceiveAsync(new InboundMessage(Contact, SimulatorFixture.Sms, "Bonjour"));
        Assert.Equal(["Bien reçu 👍", "À bientôt"], result.Replies);
        Assert.Equal(
            ["inbound", "outbound-reply", "outbound-reply"],
            fixture.Simulator.Messages(Contact).Select(message => message.Direction));
        var report = fixture.Simulator.Report();
        Assert.Equal((1, 2, 0), (report.Inbound, report.Replies, report.Accepted));
    }

    [Fact]
    public async Task The_fallback_takes_over_from_a_failing_webhook()
    {
        await using var fixture = await SimulatorFixture.StartAsync(sender: sender =>
            sender with { FallbackUrl = sender.InboundUrl!.Replace("inbound", "fallback", StringComparison.Ordinal) });
        fixture.Webhook.Answer = http =>
        {
            http.Response.StatusCode = http.Request.Path == "/inbound" ? 500 : 200;
            return Task.CompletedTask;
        };
        var result = await fixture.Simulator.ReceiveAsync(new InboundMessage(Contact, SimulatorFixture.Sms, "Bonjour"));
        Assert.Equal((200, true), (result.WebhookStatus, result.UsedFallback));
        Assert.Equal(["/inbound?t=1", "/fallback?t=1"], fixture.Webhook.All.Select(received => received.Target));
        Assert.Equal("11200", fixture.Webhook.All[1].Form["ErrorCode"]);
        Assert.True(fixture.Webhook.All[1].IsSigned);
    }

    [Fact]
    public async Task A_stop_by_sms_blocks_the_pair_until_a_start()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        var stopped = await fixture.Simulator.ReceiveAsync(new InboundMessage(Contact, SimulatorFixture.Sms, " stop "));
        Assert.Single(stopped.Replies);
        Assert.DoesNotContain("OptOutType", fixture.Webhook.All.Single().Form.Keys);
        var refused = await Assert.ThrowsAsync<ApiException>(() => fixture.SendAsync(Contact));
        Assert.Equal(21610, refused.Code);
        await fixture.SendAsync("whatsapp:" + Contact);
        await fixture.Simulator.ReceiveAsync(new InboundMessage(Contact, SimulatorFixture.Sms, "START"));
        await fixture.SendAsync(Contact);
        Assert.Equal(2, fixture.Simulator.Report().Accepted);
    }

    [Fact]
    public async Task Whatsapp_knows_no_stop_and_advanced_opt_out_names_it()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        var stopped = await fixture.Simulator.ReceiveAsync(new InboundMessage("whatsapp:" + Contact, SimulatorFixture.WhatsApp, "STOP"));
        Assert.Empty(stopped.Replies);
        await fixture.SendAsync("whatsapp:" + Contact);

        fixture.Simulator.Add(new SimulatedSender("+15145550101", SimulatedAccount.Demo.Sid)
        {
            AdvancedOptOut = true,
            InboundUrl = fixture.Webhook.Url("/inbound"),
        });
        await fixture.Simulator.ReceiveAsync(new InboundMessage(Contact, "+15145550101", "STOP"));
        Assert.Equal("STOP", fixture.Webhook.All.Single(received => received.Form["To"] == "+15145550101").Form["OptOutType"]);
    }

    [Fact]
    public async Task A_share_of_the_recipients_answers_once_by_itself()
    {
        await using var fixture = await SimulatorFixture.StartAsync(options =>
            options with { Replies = new() { Share = 0.4, StopShare = 0.2, MinDelayMs = 0, MaxDelayMs = 20 } });
        var contacts = Enumerable.Range(0, 200).Select(i => $"+224621000{i:000}").ToList();
        await Task.WhenAll(contacts.Select(contact => fixture.SendAsync(contact)));
        await fixture.IdleAsync();
        var answers = fixture.Webhook.All.Where(received => received.Target.StartsWith("/inbound", StringComparison.Ordinal)).ToList();
        Assert.Equal(answers.Count, answers.DistinctBy(received => received.Form["From"]).Count());
        Assert.InRange(answers.Count(received => received.Form["Body"] == "STOP"), 20, 60);
        Assert.InRange(answers.Count, 90, 150);

        var notOptedOut = contacts.Except(
            fixture.Simulator.Messages().Where(message => message.Body == "STOP").Select(message => message.Contact));
        await Task.WhenAll(notOptedOut.Select(contact => fixture.SendAsync(contact)));
        await fixture.IdleAsync();
        Assert.Equal(answers.Count, fixture.Simulator.Report().Inbound);
    }
}
