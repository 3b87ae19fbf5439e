using Relais.Accounts;
using Relais.Channels;
using Relais.Platform;

namespace Relais.WhatsAppSenders;

internal static class WhatsAppFailures
{
    // what the provider says of a field that it does not take
    private static readonly string[] ProfileErrorCodes = ["20422", "63100"];

    public static Failure NotFound() => new(FailureKind.NotFound, "sender_not_found", "There is no such WhatsApp sender.");

    public static Failure Sandbox() => new(FailureKind.Conflict, "sandbox_sender",
        "The sandbox number belongs to Twilio and is shared: it has no profile of its own, and its webhooks are set in the Twilio Console (Messaging, Try it out, Sandbox settings).");

    public static Failure NotRegistered() => new(FailureKind.Conflict, "whatsapp_not_registered",
        "The account has no WhatsApp sender with this number. Register it in the Twilio Console, then synchronise (POST /api/v1/telephony/whatsapp-senders/sync).");

    /// <param name="faults">By what, and how many.</param>
    public static Failure InUse(IReadOnlyDictionary<string, string[]> faults) => new(FailureKind.Conflict, "sender_in_use",
        "The sender is in use. End its campaigns and let its waiting messages leave first.", faults);

    public static Failure Replaced() => new(FailureKind.Conflict, "sender_replaced", "Another sender has this number by now. Use that one.");

    public static Failure ProfileRefused(string providerCode) => new(FailureKind.Invalid, "profile_refused",
        $"Twilio does not take this profile (code {providerCode}). Check the texts, and that the logo is a public https image.");

    public static Failure From(ProviderFailure failure) =>
        failure.IsNotFound ? NotRegistered()
        : Array.IndexOf(ProfileErrorCodes, failure.Code) >= 0 ? ProfileRefused(failure.Code)
        : TelephonyFailures.From(failure);
}
