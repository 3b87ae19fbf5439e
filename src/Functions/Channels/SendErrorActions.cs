using Relais.Channels.Twilio;

namespace Relais.Channels;

/// <summary>What to do after a message could not be sent or delivered.</summary>
internal enum SendErrorAction
{
    /// <summary>Send the message again after a growing delay, a limited number of times.</summary>
    Retry,

    /// <summary>Stop sending from this sender for a while. The message is requeued, and the failure does not use up a retry.</summary>
    ParkSender,

    /// <summary>Pause the campaign and store the reason. The message is requeued.</summary>
    PauseCampaign,

    /// <summary>The message has failed; it is not retried.</summary>
    Final,

    /// <summary>The message has failed because the recipient has opted out; the opt-out is recorded.</summary>
    FinalOptOut,

    /// <summary>Nothing can be sent until the configuration is repaired: campaigns pause, single messages fail.</summary>
    PauseCampaignOrFail,
}

/// <summary>Decides what to do about an error code. Numeric codes are the provider's; the app's own codes are words.</summary>
internal static class SendErrorActions
{
    /// <summary>No connection was made (refused, host not found, TLS failure), so nothing was sent.</summary>
    public const string Unreachable = "unreachable";

    /// <summary>The request was sent, but no complete answer arrived in time.</summary>
    public const string NoAnswer = "no_answer";

    /// <param name="httpStatus">The HTTP status of the answer; 0: a status report named the code.</param>
    public static SendErrorAction GetAction(string code, int httpStatus = 0)
    {
        if (code is Unreachable or NoAnswer)
        {
            return SendErrorAction.Retry;
        }

        if (TwilioSendErrors.Actions.TryGetValue(code, out var action))
        {
            return action;
        }

        return httpStatus is 429 or >= 500 ? SendErrorAction.Retry : SendErrorAction.Final;
    }
}
