using Relais.Channels;

namespace Relais.Telephony.WhatsApp;

/// <summary>Whether a sender's messages and reports come here. Pure.</summary>
internal static class SenderWebhooks
{
    public static bool AreOurs(WhatsAppWebhook webhook, WebhookTargets targets) =>
        targets.IsRouter(webhook.CallbackUrl)
        && IsPost(webhook.CallbackMethod)
        && targets.IsRouter(webhook.StatusCallbackUrl)
        && IsPost(webhook.StatusCallbackMethod)
        && IsPost(webhook.FallbackMethod)
        && Uri.TryCreate(webhook.FallbackUrl, UriKind.Absolute, out var fallback)
        && fallback == targets.Expected.SmsFallbackUrl;

    // a method that is not named is POST
    private static bool IsPost(string? method) => method is null || string.Equals(method, "POST", StringComparison.OrdinalIgnoreCase);
}
