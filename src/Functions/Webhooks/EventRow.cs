using Relais.Channels;
using Relais.Platform.Http;

namespace Relais.Webhooks;

/// <summary>An event as it is inserted.</summary>
/// <param name="Message">What an inbound message says; null when the event is another kind, or is kept without its effect.</param>
/// <param name="ContactAddress">The person whom the event names, for an erasure to find; null when a message leads to the event.</param>
internal sealed record EventRow(WebhookEvent Event, string State, InboundMessage? Message, string? ContactAddress)
{
    private const int MaxAddressLength = 100;

    /// <summary>STOP and START take effect in the transaction that stores them.</summary>
    public bool RecordsConsent => Message is { ChangesConsent: true };

    /// <summary>To be stored with its effect.</summary>
    public static EventRow New(WebhookEvent received, IWebhookProvider provider) => received.Kind switch
    {
        WebhookEvent.StatusKind => new(received, "done", null, null),
        WebhookEvent.InboundKind => Inbound(received, provider.ReadMessage(Fields(received))),
        _ => new(received, "ignored", null, Bounded(Fields(received).GetValueOrDefault("From"))),
    };

    /// <summary>To be stored without its effect: nothing in it is trusted to be readable.</summary>
    public static EventRow Unprocessed(WebhookEvent received, IWebhookProvider provider) =>
        new(received, received.Kind == WebhookEvent.OtherKind ? "ignored" : "pending", null, Bounded(TryReadContactAddress(received, provider)));

    private static EventRow Inbound(WebhookEvent received, InboundMessage message) => new(received, "pending", message, Bounded(message.ContactAddress));

    private static string? TryReadContactAddress(WebhookEvent received, IWebhookProvider provider)
    {
        try
        {
            return received.Kind == WebhookEvent.StatusKind ? Fields(received).GetValueOrDefault("To") : provider.ReadMessage(Fields(received)).ContactAddress;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private static Dictionary<string, string> Fields(WebhookEvent received) => Json.Read<Dictionary<string, string>>(received.Payload);

    private static string? Bounded(string? address) => address is { Length: > MaxAddressLength } ? address[..MaxAddressLength] : address;
}
