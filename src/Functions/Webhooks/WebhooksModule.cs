using Relais.Platform.Settings;
using Relais.Webhooks.Failed;

namespace Relais.Webhooks;

internal static class WebhooksModule
{
    public static IServiceCollection AddWebhooks(this IServiceCollection services) => services
        .AddValidatedOptions<WebhookOptions>(WebhookOptions.Section)
        .AddSingleton(provider => provider.GetRequiredService<WebhookOptions>().ToPublicUrl())
        .AddSingleton<WebhookAccountCache>()
        .AddSingleton<UntrustedCallLimit>()
        .AddSingleton<EventStore>()
        .AddSingleton<QueueEventProcessing>()
        .AddSingleton<WebhookBatchWriter>()
        .AddSingleton<ReceiveWebhook>()
        .AddSingleton<ProcessInbound>()
        .AddSingleton<FailedEventMeter>()
        .AddSingleton<ProcessWebhookEvent>()
        .AddSingleton<SweepWebhooks>()
        .AddSingleton<ListFailedEvents>()
        .AddSingleton<RetryFailedEvents>();
}
