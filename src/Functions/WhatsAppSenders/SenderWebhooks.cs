using Relais.Channels;

namespace Relais.WhatsAppSenders;

/// <summary>Where a sender's messages and reports go, and whether that is here. Pure.</summary>
internal static class SenderWebhooks
{
    public static bool PointHere(WhatsAppWebhook webhook, RouterUrls targets) =>
        targets.IsRouter(webhook.CallbackUrl)
        && RouterUrls.IsPost(webhook.CallbackMethod)
        && targets.IsRouter(webhook.StatusCallbackUrl)
        && RouterUrls.IsPost(webhook.StatusCallbackMethod)
        && RouterUrls.IsPost(webhook.FallbackMethod)
        && Uri.TryCreate(webhook.FallbackUrl, UriKind.Absolute, out var fallback)
        && fallback == targets.Expected.SmsFallbackUrl;

    /// <summary>For people to read: what may be a secret in a URL is left out.</summary>
    public static WhatsAppWebhook WithoutSecrets(WhatsAppWebhook webhook) => webhook with
    {
        CallbackUrl = RouterUrls.WithoutSecrets(webhook.CallbackUrl),
        FallbackUrl = RouterUrls.WithoutSecrets(webhook.FallbackUrl),
        StatusCallbackUrl = RouterUrls.WithoutSecrets(webhook.StatusCallbackUrl),
    };
}
