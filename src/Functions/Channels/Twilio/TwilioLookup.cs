using Twilio.Rest.Api.V2010.Account;
using Twilio.Types;

namespace Relais.Channels.Twilio;

/// <summary>Lists and fetches messages at Twilio.</summary>
internal sealed class TwilioLookup(TwilioClients clients) : IMessageLookup
{
    private const int PageSize = 50;
    private const int MaxMessages = 2_000;

    // A message that is not in the list is sent again, so the list is read back to messages that are certainly older. Twilio's date filter
    // is not used, because a message that was not sent yet has no date.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    public async Task<IReadOnlyList<ListedMessage>?> ListAsync(
        SenderConnection sender, string contactAddress, DateTimeOffset since, CancellationToken ct)
    {
        var options = new ReadMessageOptions
        {
            To = new PhoneNumber(ProviderAddress.Format(sender.Channel, contactAddress)),
            From = new PhoneNumber(ProviderAddress.Format(sender.Channel, sender.Address)),
            PageSize = PageSize,
            Limit = MaxMessages,
        };
        CallTrace.Begin();
        try
        {
            var messages = await MessageResource.ReadAsync(options, clients.For(sender.AccountSid, sender.AuthToken));
            var listed = messages
                .TakeWhile(message => message.DateCreated is not { } at || Utc(at) >= since - Margin)
                .Select(ToListedMessage)
                .ToList();
            return listed.Count < MaxMessages ? listed : null;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Twilio refused the call, or its answer is incomplete: this must not look like an empty list.
            return null;
        }
    }

    public async Task<ListedMessage?> FetchAsync(SenderConnection sender, string sid, CancellationToken ct)
    {
        var trace = CallTrace.Begin();
        try
        {
            var client = clients.For(sender.AccountSid, sender.AuthToken);
            return ToListedMessage(await MessageResource.FetchAsync(new FetchMessageOptions(sid), client));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Only a 404 shows that the message does not exist. After any other failure nothing is known about it.
            return trace.HttpStatus == 404 ? new ListedMessage(sid, ListedMessage.NotFound, null, DateTimeOffset.MinValue, null) : null;
        }
    }

    private static ListedMessage ToListedMessage(MessageResource message) => new(
        message.Sid,
        message.Status.ToString(),
        message.ErrorCode is > 0 ? message.ErrorCode.Value.ToString(System.Globalization.CultureInfo.InvariantCulture) : null,
        Utc(message.DateCreated ?? DateTime.MinValue),
        message.Body);

    private static DateTimeOffset Utc(DateTime at) => new(DateTime.SpecifyKind(at, DateTimeKind.Utc));
}
