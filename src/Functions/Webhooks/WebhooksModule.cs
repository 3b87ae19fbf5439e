using Relais.Platform.Settings;
using Relais.Webhooks.Failed;

namespace Relais.Webhooks;

internal static class WebhooksModule
{
    public static IServiceCollection AddWebhooks(this IServiceCollection services) => services
        .AddValidatedOptions<WebhookOptions>(WebhookOptions.Section)
        .AddSingleton(provider => new PublicUrl(provider.GetRequiredService<WebhookOptions>().PublicUrl!))
        .AddSingleton<SignedUrlCandidates>()
        .AddSingleton<AccountTokens>()
        .AddSingleton<StrangerLimit>()
        .AddSingleton<EventStore>()
        .AddSingleton<WakeProcessor>()
        .AddSingleton<WebhookBatchWriter>()
        .AddSingleton<ReceiveTwilioWebhook>()
        .AddSingleton<ProcessInbound>()
        .AddSingleton<FailedEventMeter>()
        .AddSingleton<ProcessWebhookEvent>()
        .AddSingleton<SweepWebhooks>()
        .AddSingleton<ListFailedEvents>()
        .AddSingleton<RetryFailedEvents>();
}
