using Relais.Channels.Twilio;

namespace Relais.Channels;

/// <summary>What to do after a failure.</summary>
internal enum SendAction
{
    /// <summary>Again after a growing delay, a bounded number of times.</summary>
    Retry,

    /// <summary>Nothing from this sender for a while; the message waits and loses no attempt.</summary>
    ParkSender,

    /// <summary>The campaign pauses itself and says why; the message waits.</summary>
    ParkCampaign,

    /// <summary>Failed for good.</summary>
    Final,

    /// <summary>Failed for good, and the recipient wants no more.</summary>
    FinalOptOut,

    /// <summary>Nothing can be sent until someone mends the set-up: campaigns pause, single messages fail.</summary>
    ConfigurationError,
}

/// <summary>Decides what follows from an error code. Codes that are not a number name our own causes.</summary>
internal static class SendErrorActions
{
    /// <summary>Connection refused, name not found, TLS failed: nothing was sent.</summary>
    public const string Unreachable = "unreachable";

    /// <summary>No answer in time, or it broke off.</summary>
    public const string NoAnswer = "no_answer";

    /// <param name="httpStatus">0 when the failure came by callback.</param>
    public static SendAction GetAction(string code, int httpStatus = 0)
    {
        if (code is Unreachable or NoAnswer)
        {
            return SendAction.Retry;
        }

        if (TwilioSendErrors.Actions.TryGetValue(code, out var action))
        {
            return action;
        }

        return httpStatus is 429 or >= 500 ? SendAction.Retry : SendAction.Final;
    }
}
