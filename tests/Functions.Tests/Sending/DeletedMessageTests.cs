using Relais.Channels;
using Relais.Channels.Twilio;
using Relais.Kit;
using Relais.Simulators;
using Twilio.Rest.Api.V2010.Account;

namespace Functions.Tests.Sending;

public sealed class DeletedMessageTests
{
    [Fact]
    public async Task Review_B20_A_deleted_message_is_not_found()
    {
        var account = SimulatedAccount.Demo;
        var (own, contact) = ("+15145550100", Ids.Phone(1));
        await using var simulator = await TwilioSimulator.StartAsync(
            new TwilioSimulatorOptions { Senders = [new SimulatedSender(own, account.Sid)] });
        using var clients = new TwilioClients(new TwilioOptions { BaseUrl = simulator.BaseUrl });
        var client = clients.For(account.Sid, account.AuthToken);
        var sender = new SenderConnection(
            Guid.NewGuid(), Guid.NewGuid(), "sms", own, false, SenderLimits.For("sms", false, null, null, null, null), account.Sid,
            account.AuthToken, Parked: false);
        var sent = await MessageResource.CreateAsync(new CreateMessageOptions(contact) { From = own, Body = "Bonjour" }, client);
        await Wait.UntilAsync(() => simulator.IsIdle);
        var lookup = new TwilioLookup(clients);

        Assert.Equal("delivered", (await lookup.FetchAsync(sender, sent.Sid, default))?.Status);
        await MessageResource.DeleteAsync(new DeleteMessageOptions(sent.Sid), client);

        Assert.Equal(ListedMessage.NotFound, (await lookup.FetchAsync(sender, sent.Sid, default))?.Status);
        Assert.Empty((await lookup.ListAsync(sender, contact, DateTimeOffset.UtcNow.AddHours(-1), default))!);
    }
}
