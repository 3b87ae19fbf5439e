using Relais.Accounts;
using Relais.Channels;
using Relais.Platform;

namespace Relais.WhatsAppSenders;

/// <summary>The failures of the functions for WhatsApp senders.</summary>
internal static class WhatsAppFailures
{
    // The provider's error codes for an invalid profile field.
    private static readonly string[] ProfileErrorCodes = ["20422", "63100"];

    public static Failure NotFound() => new(FailureKind.NotFound, "sender_not_found", "No WhatsApp sender has this id.");

    public static Failure Sandbox() => new(FailureKind.Conflict, "sandbox_sender",
        "The sandbox number belongs to Twilio and is shared by all its customers, so it has no profile of its own. " +
        "Set its webhooks in the Twilio Console (Messaging, Try it out, Sandbox settings).");

    public static Failure NotRegistered() => new(FailureKind.Conflict, "whatsapp_not_registered",
        "The account has no WhatsApp sender with this number. Register it in the Twilio Console, then synchronise " +
        "(POST /api/v1/telephony/whatsapp-senders/sync).");

    /// <param name="faults">"campaigns" and "messages" to the number of those that need the sender.</param>
    public static Failure InUse(IReadOnlyDictionary<string, string[]> faults) => new(FailureKind.Conflict, "sender_in_use",
        "The sender is in use. End its campaigns first, and wait until its pending messages are sent.", faults);

    public static Failure Replaced() =>
        new(FailureKind.Conflict, "sender_replaced", "Another sender has this number now. Use that sender instead.");

    public static Failure ProfileRefused(string providerCode) => new(FailureKind.Invalid, "profile_refused",
        $"Twilio refused this profile (code {providerCode}). Check the texts, and that the logo is a public image with an https URL.");

    public static Failure From(ProviderFailure failure) =>
        failure.IsNotFound ? NotRegistered()
        : Array.IndexOf(ProfileErrorCodes, failure.Code) >= 0 ? ProfileRefused(failure.Code)
        : TelephonyFailures.From(failure);
}
