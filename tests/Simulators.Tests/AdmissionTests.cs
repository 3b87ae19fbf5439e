using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Relais.Simulators;
using Twilio.Clients;
using Twilio.Exceptions;
using Twilio.Http;
using Twilio.Rest.Api.V2010.Account;

namespace Simulators.Tests;

public sealed class AdmissionTests
{
    private const string To = "+224620000001";
    private const string Template = "HXb5b62575e6e4ff6129ad7c8efe1f983e";

    [Theory]
    [InlineData(21604, "From=+15145550100&Body=x")]
    [InlineData(21603, "To=+224620000001&Body=x")]
    [InlineData(21602, "To=+224620000001&From=+15145550100")]
    [InlineData(21211, "To=0620&From=+15145550100&Body=x")]
    [InlineData(21211, "To=+15145550100&From=+15145550100&Body=x")]
    [InlineData(63031, "To=whatsapp:+15145550100&From=whatsapp:+15145550100&Body=x")]
    [InlineData(21212, "To=+224620000001&From=--&Body=x")]
    [InlineData(21606, "To=+224620000001&From=+15145550199&Body=x")]
    [InlineData(63007, "To=whatsapp:+224620000001&From=whatsapp:+15145550199&Body=x")]
    [InlineData(63007, "To=whatsapp:+224620000001&From=+15145550100&Body=x")]
    [InlineData(21910, "To=+224620000001&From=whatsapp:+15145550100&Body=x")]
    [InlineData(21609, "To=+224620000001&From=+15145550100&Body=x&StatusCallback=/relative")]
    [InlineData(21609, "To=+224620000001&From=+15145550100&Body=x&StatusCallback=https://a_b.example/")]
    [InlineData(21624, "To=+224620000001&From=+15145550100&Body=x&ValidityPeriod=0")]
    [InlineData(21654, "To=+224620000001&From=+15145550100&Body=x&ContentVariables={}")]
    [InlineData(21655, "To=+224620000001&From=+15145550100&ContentSid=HX1")]
    [InlineData(21656, "To=+224620000001&From=+15145550100&ContentSid=HXb5b62575e6e4ff6129ad7c8efe1f983e&ContentVariables=[1]")]
    [InlineData(21620, "To=+224620000001&From=+15145550100&MediaUrl=ftp://x")]
    [InlineData(21701, "To=+224620000001&MessagingServiceSid=MG1&Body=x")]
    [InlineData(35118, "To=+224620000001&From=+15145550100&Body=x&ScheduleType=fixed&SendAt=2099-01-01T00:00:00Z")]
    public async Task A_faulty_request_is_refused_in_twilios_words(int code, string form)
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        using var http = new System.Net.Http.HttpClient();
        http.DefaultRequestHeaders.Authorization = BasicCredentials(SimulatedAccount.Demo.Sid, SimulatedAccount.Demo.AuthToken);
        var pairs = form.Split('&').Select(pair => pair.Split('=', 2)).Select(pair => KeyValuePair.Create(pair[0], pair[1]));
        var url = new Uri(fixture.Simulator.BaseUrl, $"/2010-04-01/Accounts/{SimulatedAccount.Demo.Sid}/Messages.json");
        var answer = await http.PostAsync(url, new FormUrlEncodedContent(pairs));
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(["code", "message", "more_info", "status"], json.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal((code, 400), (json.RootElement.GetProperty("code").GetInt32(), json.RootElement.GetProperty("status").GetInt32()));
        Assert.Equal(0, fixture.Simulator.Report().Accepted);
    }

    [Fact]
    public async Task A_body_over_1600_characters_is_refused()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        await fixture.SendAsync(To, new string('a', 1600));
        var refused = await Assert.ThrowsAsync<ApiException>(() => fixture.SendAsync(To, new string('a', 1601)));
        Assert.Equal(21617, refused.Code);
    }

    [Theory]
    [InlineData("AC00000000000000000000000000000001", "wrong", 20003, 401)]
    [InlineData("AC00000000000000000000000000000009", "wrong", 20003, 401)]
    public async Task Wrong_credentials_open_nothing(string sid, string token, int code, int status)
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        using var http = new System.Net.Http.HttpClient { BaseAddress = fixture.Simulator.BaseUrl };
        http.DefaultRequestHeaders.Authorization = BasicCredentials(sid, token);
        var answer = await http.GetAsync($"/2010-04-01/Accounts/{sid}/Messages.json");
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains($"\"code\":{code}", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_account_does_not_see_anothers_messages()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        var sent = await fixture.SendAsync(To);
        fixture.Simulator.Add(new SimulatedAccount("AC00000000000000000000000000000002", "other"));
        using var http = new System.Net.Http.HttpClient(new Redirect(fixture.Simulator.BaseUrl));
        var other = new TwilioRestClient("AC00000000000000000000000000000002", "other", httpClient: new SystemNetHttpClient(http));
        var missing = await Assert.ThrowsAsync<ApiException>(() => MessageResource.FetchAsync(sent.Sid, client: other));
        Assert.Equal((20404, 404), (missing.Code, missing.Status));
        Assert.Empty(await MessageResource.ReadAsync(new ReadMessageOptions(), other));
    }

    [Fact]
    public async Task Free_text_on_whatsapp_needs_an_open_window_and_a_template_does_not()
    {
        await using var fixture = await SimulatorFixture.StartAsync(sender: s => s with { EnforceWindow = true });
        const string contact = "whatsapp:+224620000001";
        await fixture.SendAsync(contact, messageId: "closed");
        await fixture.SendAsync(contact, "", "template", with: options => options.ContentSid = Template);
        await fixture.Simulator.ReceiveAsync(new InboundMessage(contact, SimulatorFixture.WhatsApp, "Bonjour"));
        await fixture.SendAsync(contact, messageId: "open");
        fixture.Simulator.AdvanceClock(TimeSpan.FromHours(24));
        await fixture.SendAsync(contact, messageId: "closed again");
        await fixture.IdleAsync();
        var codes = fixture.Simulator.Messages(contact)
            .Where(message => message.Direction == "outbound-api")
            .ToDictionary(message => message.MessageId!, message => message.ErrorCode);
        Assert.Equal(new Dictionary<string, int> { ["closed"] = 63016, ["template"] = 0, ["open"] = 0, ["closed again"] = 63016 }, codes);
    }

    [Fact]
    public async Task A_template_is_shown_with_its_variables_and_misses_none()
    {
        await using var fixture = await SimulatorFixture.StartAsync(options => options with
        {
            Templates = new Dictionary<string, string> { [Template] = "Rendez-vous le {{1}} à {{2}}" },
        });
        Task<MessageResource> SendTemplateAsync(string variables) => fixture.SendAsync(
            "whatsapp:" + To, "", with: options => (options.ContentSid, options.ContentVariables) = (Template, variables));
        var complete = await SendTemplateAsync("""{"1":"12/1","2":"15 h"}""");
        await SendTemplateAsync("""{"1":"12/1"}""");
        await fixture.IdleAsync();
        Assert.Equal("Rendez-vous le 12/1 à 15 h", complete.Body);
        Assert.Equal(1, fixture.Simulator.Report().ByErrorCode[63028]);
    }

    [Fact]
    public async Task The_sandbox_refuses_unjoined_and_too_fast_recipients()
    {
        await using var fixture = await SimulatorFixture.StartAsync(options => options with
        {
            Senders =
            [
                .. options.Senders,
                new SimulatedSender(TwilioSimulatorOptions.Sandbox, SimulatedAccount.Demo.Sid)
                {
                    InboundUrl = options.Senders[0].InboundUrl,
                },
            ],
        });
        async Task<int> CodeAsync(string contact)
        {
            var sent = await fixture.SendAsync(contact, with: options => options.From = TwilioSimulatorOptions.Sandbox);
            await fixture.IdleAsync();
            return (await MessageResource.FetchAsync(sent.Sid, client: fixture.Client)).ErrorCode ?? 0;
        }

        const string contact = "whatsapp:+224620000001";
        Assert.Equal(63015, await CodeAsync(contact));
        var joined = await fixture.Simulator.ReceiveAsync(new InboundMessage(contact, TwilioSimulatorOptions.Sandbox, "Join happy-otter"));
        Assert.Null(joined.WebhookStatus);
        Assert.Single(joined.Replies);
        Assert.Equal(0, await CodeAsync(contact));
        Assert.Equal(63018, await CodeAsync(contact));
        fixture.Simulator.AdvanceClock(TimeSpan.FromSeconds(3));
        Assert.Equal(0, await CodeAsync(contact));
        fixture.Simulator.AdvanceClock(TimeSpan.FromHours(25));
        Assert.Equal(63016, await CodeAsync(contact));
        var received = await fixture.Simulator.ReceiveAsync(new InboundMessage(contact, TwilioSimulatorOptions.Sandbox, "Encore là"));
        Assert.Equal(204, received.WebhookStatus);
        fixture.Simulator.AdvanceClock(TimeSpan.FromHours(48));
        Assert.Equal(63015, await CodeAsync(contact));
    }

    [Fact]
    public async Task A_scheduled_message_waits_for_its_time_and_can_be_cancelled()
    {
        await using var fixture = await SimulatorFixture.StartAsync(sender: s => s with { MessagingServiceSid = "MG1" });
        Task<MessageResource> ScheduleAsync() => fixture.SendAsync(To, with: options =>
        {
            (options.From, options.MessagingServiceSid) = (null, "MG1");
            options.ScheduleType = MessageResource.ScheduleTypeEnum.Fixed;
            options.SendAt = fixture.Simulator.Now.UtcDateTime.AddHours(1);
        });
        var scheduled = await ScheduleAsync();
        var cancelled = await ScheduleAsync();
        Assert.Equal("scheduled", scheduled.Status.ToString());
        Assert.Null(scheduled.From.ToString());
        var cancel = new UpdateMessageOptions(cancelled.Sid) { Status = MessageResource.UpdateStatusEnum.Canceled };
        await MessageResource.UpdateAsync(cancel, fixture.Client);
        fixture.Simulator.AdvanceClock(TimeSpan.FromHours(2));
        await fixture.IdleAsync();
        Assert.Equal("delivered", (await MessageResource.FetchAsync(scheduled.Sid, client: fixture.Client)).Status.ToString());
        Assert.Equal("canceled", (await MessageResource.FetchAsync(cancelled.Sid, client: fixture.Client)).Status.ToString());
        var late = await Assert.ThrowsAsync<ApiException>(() =>
            MessageResource.UpdateAsync(new UpdateMessageOptions(scheduled.Sid) { Status = "canceled" }, fixture.Client));
        Assert.Equal(30409, late.Code);
    }

    private static AuthenticationHeaderValue BasicCredentials(string sid, string token) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{sid}:{token}")));

    private sealed class Redirect(Uri target) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri = new Uri(target, request.RequestUri!.PathAndQuery);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
