using System.Globalization;
using System.Text.Json;
using Relais.Sending.Pump;
using Relais.Webhooks;
using Twilio.Exceptions;
using Twilio.Rest.Api.V2010.Account;
using Twilio.Types;

namespace Relais.Channels.Twilio;

/// <summary>One message to Twilio, one call.</summary>
internal sealed class TwilioSender(TwilioClients clients, PublicUrl publicUrl, TimeProvider time) : IMessageSender
{
    private const int MaxValiditySeconds = 36_000;

    public async Task<SendOutcome> SendAsync(SenderInfo sender, ClaimedMessage message, CancellationToken ct)
    {
        var trace = CallTrace.Begin();
        try
        {
            var resource = await MessageResource.CreateAsync(Options(sender, message), clients.For(sender.AccountSid, sender.AuthToken));
            return new SendOutcome.Accepted(resource.Sid, resource.Status.ToString());
        }
        catch (ApiException refused)
        {
            return Refused(refused, trace.HttpStatus);
        }
        catch (Exception failure) when (failure is ApiConnectionException or HttpRequestException or OperationCanceledException or JsonException or IOException)
        {
            return trace.BytesLeft ? new SendOutcome.Unknown(ErrorCatalogue.NoAnswer) : new SendOutcome.NotSent(ErrorCatalogue.Unreachable);
        }
    }

    // a 5xx may have been accepted all the same
    private static SendOutcome Refused(ApiException refused, int httpStatus)
    {
        var code = refused.Code > 0 ? refused.Code.ToString(CultureInfo.InvariantCulture) : $"http_{httpStatus}";
        return httpStatus is >= 400 and < 500 ? new SendOutcome.Refused(code, httpStatus) : new SendOutcome.Unknown(code);
    }

    private CreateMessageOptions Options(SenderInfo sender, ClaimedMessage message)
    {
        var options = new CreateMessageOptions(new PhoneNumber(TwilioAddress.Format(sender.Channel, message.ContactAddress)))
        {
            From = new PhoneNumber(TwilioAddress.Format(sender.Channel, sender.Address)),
            StatusCallback = publicUrl.StatusCallback(message.Id, message.Attempt),
        };
        if (message.ContentSid is not null)
        {
            options.ContentSid = message.ContentSid;
            options.ContentVariables = message.ContentVariables;
        }
        else
        {
            options.Body = message.Body;
        }

        if (message.ExpiresAt is { } expires && (expires - time.GetUtcNow()).TotalSeconds is < MaxValiditySeconds and var seconds)
        {
            options.ValidityPeriod = Math.Max(1, (int)seconds);
        }

        return options;
    }
}
