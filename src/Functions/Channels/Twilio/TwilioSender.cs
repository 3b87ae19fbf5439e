using System.Globalization;
using Relais.Platform.Http;
using Twilio.Rest.Api.V2010.Account;
using Twilio.Types;

namespace Relais.Channels.Twilio;

/// <summary>Sends a message through Twilio with one call.</summary>
internal sealed class TwilioSender(TwilioClients clients, PublicUrl publicUrl, TimeProvider time) : IMessageSender
{
    private const int MaxValiditySeconds = 36_000;

    // Connection overrides for status callbacks. Without them, Twilio retries a callback once, and only if the connection fails. With them,
    // it retries five times, also after a 5xx or a timeout; all attempts fit into its limit of fifteen seconds.
    private const string CallbackRetries = "#rc=5&rp=5xx,ct,rt&ct=2000";

    public async Task<SendOutcome> SendAsync(SenderConnection sender, OutboundMessage message, Func<bool> canStillSend)
    {
        var trace = CallTrace.Begin(canStillSend);
        try
        {
            var resource = await MessageResource.CreateAsync(Options(sender, message), clients.For(sender.AccountSid, sender.AuthToken));
            return new SendOutcome.Accepted(resource.Sid, resource.Status.ToString());
        }
        catch (Exception failure)
        {
            // The exceptions of the SDK do not show whether the request was sent; the trace does.
            return ToOutcome(TwilioErrorCode.Read(failure), trace);
        }
    }

    // After a 5xx, or an answer that cannot be read, Twilio may have accepted the message: the outcome is unknown.
    private static SendOutcome ToOutcome(int providerCode, CallTrace trace)
    {
        if (trace.SendDeadlinePassed)
        {
            return new SendOutcome.SendDeadlinePassed();
        }

        if (trace.HttpStatus == 0)
        {
            return trace.WriteStarted
                ? new SendOutcome.Unknown(SendErrorActions.NoAnswer)
                : new SendOutcome.NotSent(SendErrorActions.Unreachable);
        }

        var code = providerCode > 0 ? providerCode.ToString(CultureInfo.InvariantCulture) : $"http_{trace.HttpStatus}";
        return trace.HttpStatus is >= 400 and < 500 ? new SendOutcome.Rejected(code, trace.HttpStatus) : new SendOutcome.Unknown(code);
    }

    private CreateMessageOptions Options(SenderConnection sender, OutboundMessage message)
    {
        var options = new CreateMessageOptions(new PhoneNumber(ProviderAddress.Format(sender.Channel, message.ContactAddress)))
        {
            From = new PhoneNumber(ProviderAddress.Format(sender.Channel, sender.Address)),
            StatusCallback = new Uri($"{publicUrl.StatusCallback(message.Id, message.Attempt)}{CallbackRetries}"),
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
