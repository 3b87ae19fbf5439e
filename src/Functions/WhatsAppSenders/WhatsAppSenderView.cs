using System.ComponentModel.DataAnnotations;
using Relais.Channels;

namespace Relais.WhatsAppSenders;

/// <summary>The webhooks of a sender at the provider, without secrets.</summary>
/// <param name="PointsHere">True when messages and status reports go to this installation, with its fallback.</param>
internal sealed record SenderWebhookView(string? CallbackUrl, string? FallbackUrl, string? StatusCallbackUrl, bool PointsHere);

/// <summary>A WhatsApp sender, as of the last synchronisation with the provider.</summary>
/// <param name="Id">The sender's id in this system.</param>
/// <param name="Status">
/// unknown: never synchronised; missing: the account no longer has the sender; updating: the provider is applying a change; retired: the
/// sender is out of use.
/// </param>
/// <param name="CheckedAt">Time of the last synchronisation; null when there was none. The sandbox is never synchronised.</param>
internal sealed record WhatsAppSenderView(
    Guid Id, string Address, string Name, bool Sandbox,
    [property: AllowedValues(
        "online", "offline", "updating", "creating", "pending_verification", "verifying", "twilio_review", "draft", "stubbed", "missing",
        "sandbox", "retired", "unknown")] string Status,
    [property: AllowedValues("high", "medium", "low", "unknown", null)] string? Quality,
    string? MessagingLimit, WhatsAppProfile? Profile, SenderWebhookView? Webhook,
    IReadOnlyList<WhatsAppOfflineReason> OfflineReasons, DateTimeOffset? CheckedAt, DateTimeOffset? RetiredAt);
