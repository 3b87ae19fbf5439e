using Relais.Channels;

namespace Relais.WhatsAppSenders;

/// <summary>Checks the webhooks that the provider has for a sender. Pure.</summary>
internal static class SenderWebhooks
{
    /// <returns>
    /// True when inbound messages, status reports and the fallback all go to this installation, by POST.
    /// </returns>
    public static bool PointHere(WhatsAppWebhook webhook, RouterUrls targets) =>
        targets.IsRouter(webhook.CallbackUrl)
        && RouterUrls.IsPost(webhook.CallbackMethod)
        && targets.IsRouter(webhook.StatusCallbackUrl)
        && RouterUrls.IsPost(webhook.StatusCallbackMethod)
        && RouterUrls.IsPost(webhook.FallbackMethod)
        && Uri.TryCreate(webhook.FallbackUrl, UriKind.Absolute, out var fallback)
        && fallback == targets.Expected.SmsFallbackUrl;

    /// <summary>Removes the parts of the URLs that may contain secrets, so that the webhooks can be stored and shown.</summary>
    public static WhatsAppWebhook WithoutSecrets(WhatsAppWebhook webhook) => webhook with
    {
        CallbackUrl = RouterUrls.RedactUrl(webhook.CallbackUrl),
        FallbackUrl = RouterUrls.RedactUrl(webhook.FallbackUrl),
        StatusCallbackUrl = RouterUrls.RedactUrl(webhook.StatusCallbackUrl),
    };
}
