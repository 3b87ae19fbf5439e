using Relais.Kit;
using Relais.Simulators;
using Twilio.Clients;
using Twilio.Http;
using Twilio.Rest.Api.V2010.Account;

namespace Simulators.Tests;

/// <summary>A simulator with an SMS and a WhatsApp sender, a webhook, and a Twilio SDK client that calls the simulator.</summary>
internal sealed class SimulatorFixture : IAsyncDisposable
{
    public const string Sms = "+15145550100";
    public const string WhatsApp = "whatsapp:+15145550100";

    private readonly System.Net.Http.HttpClient http;

    private SimulatorFixture(TwilioSimulator simulator, Webhook webhook)
    {
        Simulator = simulator;
        Webhook = webhook;
        http = new(new Rewrite(simulator.BaseUrl)) { Timeout = TimeSpan.FromSeconds(20) };
        Client = ClientOf(SimulatedAccount.Demo.Sid, SimulatedAccount.Demo.AuthToken);
    }

    public TwilioSimulator Simulator { get; }

    public Webhook Webhook { get; }

    public TwilioRestClient Client { get; }

    /// <summary>A client with a timeout of 300 ms, for requests that hang.</summary>
    public TwilioRestClient Impatient => new(
        SimulatedAccount.Demo.Sid,
        SimulatedAccount.Demo.AuthToken,
        httpClient: new SystemNetHttpClient(
            new System.Net.Http.HttpClient(new Rewrite(Simulator.BaseUrl)) { Timeout = TimeSpan.FromMilliseconds(300) }));

    public TwilioRestClient ClientOf(string accountSid, string authToken) =>
        new(accountSid, authToken, httpClient: new SystemNetHttpClient(http));

    /// <param name="with">changes the options of the simulator</param>
    /// <param name="sender">changes the settings of both senders</param>
    public static async Task<SimulatorFixture> StartAsync(
        Func<TwilioSimulatorOptions, TwilioSimulatorOptions>? with = null, Func<SimulatedSender, SimulatedSender>? sender = null)
    {
        var webhook = await Webhook.StartAsync();
        sender ??= unchanged => unchanged;
        SimulatedSender NewSender(string address) => sender(new(address, SimulatedAccount.Demo.Sid)
        {
            InboundUrl = webhook.Url("/inbound?t=1"),
            EnforceWindow = false,
        });
        var options = new TwilioSimulatorOptions { Senders = [NewSender(Sms), NewSender(WhatsApp)] };
        return new(await TwilioSimulator.StartAsync(with is null ? options : with(options)), webhook);
    }

    /// <summary>Sends a message from the sender of the recipient's channel.</summary>
    /// <param name="messageId">ID in the status callback URL; null: a new ID</param>
    /// <param name="with">changes the options of the request</param>
    public Task<MessageResource> SendAsync(
        string to,
        string body = "Bonjour",
        string? messageId = null,
        TwilioRestClient? client = null,
        Action<CreateMessageOptions>? with = null)
    {
        var options = new CreateMessageOptions(to)
        {
            From = to.StartsWith("whatsapp:", StringComparison.Ordinal) ? WhatsApp : Sms,
            Body = body,
            StatusCallback = new Uri(Webhook.Url($"/status?tenant=7&message={messageId ?? Guid.NewGuid().ToString()}")),
        };
        with?.Invoke(options);
        return MessageResource.CreateAsync(options, client ?? Client);
    }

    public Task IdleAsync() => Wait.UntilAsync(() => Simulator.IsIdle);

    public async ValueTask DisposeAsync()
    {
        await Simulator.DisposeAsync();
        await Webhook.DisposeAsync();
        http.Dispose();
    }

    private sealed class Rewrite(Uri target) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri = new Uri(target, request.RequestUri!.PathAndQuery);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
