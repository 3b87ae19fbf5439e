using Relais.Sending.Pump;
using Twilio.Rest.Api.V2010.Account;
using Twilio.Types;

namespace Relais.Channels.Twilio;

/// <summary>Asks Twilio what it has for one recipient, newest first.</summary>
internal sealed class TwilioLookup(TwilioClients clients) : IMessageLookup
{
    private const int Newest = 20;

    /// <returns>Null when Twilio gave no answer that can be trusted.</returns>
    public async Task<IReadOnlyList<ListedMessage>?> ListAsync(SenderInfo sender, string contactAddress, CancellationToken ct)
    {
        var options = new ReadMessageOptions
        {
            To = new PhoneNumber(TwilioAddress.Format(sender.Channel, contactAddress)),
            From = new PhoneNumber(TwilioAddress.Format(sender.Channel, sender.Address)),
            PageSize = Newest,
            Limit = Newest,
        };
        CallTrace.Begin();
        try
        {
            var page = await MessageResource.ReadAsync(options, clients.For(sender.AccountSid, sender.AuthToken));
            return [.. page.Select(Listed)];
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // refused, cut off or not readable: no answer to build on
            return null;
        }
    }

    public async Task<ListedMessage?> FetchAsync(SenderInfo sender, string sid, CancellationToken ct)
    {
        var trace = CallTrace.Begin();
        try
        {
            return Listed(await MessageResource.FetchAsync(new FetchMessageOptions(sid), clients.For(sender.AccountSid, sender.AuthToken)));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // refused, cut off or not readable: no answer to build on
            return trace.HttpStatus == 404 ? new ListedMessage(sid, ListedMessage.Gone, null, DateTimeOffset.MinValue, null) : null;
        }
    }

    private static ListedMessage Listed(MessageResource message) => new(
        message.Sid,
        message.Status.ToString(),
        message.ErrorCode is > 0 ? message.ErrorCode.Value.ToString(System.Globalization.CultureInfo.InvariantCulture) : null,
        new DateTimeOffset(DateTime.SpecifyKind(message.DateCreated ?? DateTime.MinValue, DateTimeKind.Utc)),
        message.Body);
}
