using Relais.Channels;
using Relais.Channels.Twilio;
using Relais.Platform.Http;

namespace Functions.Tests.Webhooks;

/// <summary>Creates the Twilio webhook provider for the public URL of the tests.</summary>
internal static class TestWebhookProvider
{
    public static IWebhookProvider Create(string publicUrl = WebhookHarness.PublicUrl, bool trustForwardedHeaders = false) =>
        new TwilioWebhooks(new PublicUrl(new Uri(publicUrl), trustForwardedHeaders: trustForwardedHeaders));
}
