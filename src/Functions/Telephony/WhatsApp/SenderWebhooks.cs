using Relais.Channels;

namespace Relais.Telephony.WhatsApp;

/// <summary>Where a sender's messages and reports go, and whether that is here. Pure.</summary>
internal static class SenderWebhooks
{
    public static bool AreOurs(WhatsAppWebhook webhook, WebhookTargets targets) =>
        targets.IsRouter(webhook.CallbackUrl)
        && WebhookTargets.IsPost(webhook.CallbackMethod)
        && targets.IsRouter(webhook.StatusCallbackUrl)
        && WebhookTargets.IsPost(webhook.StatusCallbackMethod)
        && WebhookTargets.IsPost(webhook.FallbackMethod)
        && Uri.TryCreate(webhook.FallbackUrl, UriKind.Absolute, out var fallback)
        && fallback == targets.Expected.SmsFallbackUrl;

    /// <summary>For people to read: what may be a secret in a URL is left out.</summary>
    public static WhatsAppWebhook Shown(WhatsAppWebhook webhook) => webhook with
    {
        CallbackUrl = WebhookTargets.Shown(webhook.CallbackUrl),
        FallbackUrl = WebhookTargets.Shown(webhook.FallbackUrl),
        StatusCallbackUrl = WebhookTargets.Shown(webhook.StatusCallbackUrl),
    };
}
