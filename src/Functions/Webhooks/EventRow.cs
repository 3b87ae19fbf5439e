using Relais.Channels;
using Relais.Platform.Http;

namespace Relais.Webhooks;

/// <summary>A webhook event in the form in which it is inserted into <c>webhook_events</c>.</summary>
/// <param name="State">
/// <c>done</c> for a status report, whose effect is committed with it; <c>pending</c> for an event that is processed later; <c>ignored</c>
/// for other kinds.
/// </param>
/// <param name="Message">The parsed inbound message; null for other kinds, and when the event is stored without its effect.</param>
/// <param name="ContactAddress">
/// The person's address, by which an erasure finds the event; null when the event is found through its message.
/// </param>
internal sealed record EventRow(WebhookEvent Event, string State, InboundMessage? Message, string? ContactAddress)
{
    private const int MaxAddressLength = 100;

    /// <summary>The message is a STOP or START, which takes effect in the transaction that stores the event.</summary>
    public bool RecordsConsent => Message is { ChangesConsent: true };

    /// <summary>The row of an event that is stored together with its effect.</summary>
    public static EventRow New(WebhookEvent received, IWebhookProvider provider) => received.Kind switch
    {
        WebhookEvent.StatusKind => new(received, "done", null, null),
        WebhookEvent.InboundKind => Inbound(received, provider.ReadInboundMessage(Fields(received))),
        _ => new(received, "ignored", null, Bounded(Fields(received).GetValueOrDefault("From"))),
    };

    /// <summary>The row of an event that is stored without its effect. Does not throw if the payload is not valid JSON.</summary>
    public static EventRow Unprocessed(WebhookEvent received, IWebhookProvider provider) => new(
        received,
        received.Kind == WebhookEvent.OtherKind ? "ignored" : "pending",
        null,
        Bounded(TryReadContactAddress(received, provider)));

    private static EventRow Inbound(WebhookEvent received, InboundMessage message) =>
        new(received, "pending", message, Bounded(message.ContactAddress));

    private static string? TryReadContactAddress(WebhookEvent received, IWebhookProvider provider)
    {
        try
        {
            return received.Kind == WebhookEvent.StatusKind
                ? Fields(received).GetValueOrDefault("To")
                : provider.ReadInboundMessage(Fields(received)).ContactAddress;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private static Dictionary<string, string> Fields(WebhookEvent received) => Json.Read<Dictionary<string, string>>(received.Payload);

    private static string? Bounded(string? address) => address is { Length: > MaxAddressLength } ? address[..MaxAddressLength] : address;
}
