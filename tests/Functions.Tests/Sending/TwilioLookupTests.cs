using Relais.Channels;
using Relais.Channels.Twilio;
using Relais.Simulators;
using Twilio.Rest.Api.V2010.Account;
using Twilio.Types;

namespace Functions.Tests.Sending;

/// <summary>Looks up an attempt whose answer was lost, over HTTP against the Twilio simulator.</summary>
public sealed class TwilioLookupTests : IAsyncLifetime, IDisposable
{
    private const string Contact = "+224620000001";
    private const string From = "+14155550100";
    private static readonly SimulatedAccount Account = SimulatedAccount.Demo;
    private TwilioSimulator? simulator;
    private TwilioClients? clients;

    public async Task InitializeAsync()
    {
        simulator = await TwilioSimulator.StartAsync(new TwilioSimulatorOptions { Senders = [new SimulatedSender(From, Account.Sid)] });
        clients = new TwilioClients(new TwilioOptions { BaseUrl = simulator.BaseUrl });
    }

    public async Task DisposeAsync() => await simulator!.DisposeAsync();

    public void Dispose() => clients?.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(21)]
    [InlineData(120)]
    public async Task Review_B13_A_message_is_found_behind_many_later_messages_to_the_recipient(int later)
    {
        var lost = await SendAsync("the lost message");
        for (var n = 0; n < later; n++)
        {
            await SendAsync($"later {n}");
        }

        var listed = await new TwilioLookup(clients!).ListAsync(Sender(), Contact, DateTimeOffset.UtcNow.AddMinutes(-1), default);

        Assert.Contains(listed!, message => message.Sid == lost);
        Assert.Equal(later + 1, listed!.Count);
    }

    private async Task<string> SendAsync(string body) => (await MessageResource.CreateAsync(
        new CreateMessageOptions(new PhoneNumber(Contact)) { From = new PhoneNumber(From), Body = body },
        clients!.For(Account.Sid, Account.AuthToken))).Sid;

    private SenderConnection Sender() => new(
        Guid.Empty, Guid.Empty, "sms", From, false, SenderLimits.For("sms", false, null, null, null, null), Account.Sid, Account.AuthToken,
        false);
}
