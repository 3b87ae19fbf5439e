namespace Relais.Webhooks;

internal static class WebhooksModule
{
    public static IServiceCollection AddWebhooks(this IServiceCollection services, IConfiguration configuration)
    {
        var options = configuration.GetSection(WebhookOptions.Section).Get<WebhookOptions>() ?? new WebhookOptions();
        if (options.PublicUrl is not { IsAbsoluteUri: true, Scheme: "http" or "https" })
        {
            throw new InvalidOperationException("The setting Webhooks__PublicUrl is missing or no http(s) address: the address under which providers reach this app.");
        }

        return services
            .AddSingleton(options)
            .AddSingleton(new PublicUrl(options.PublicUrl))
            .AddSingleton<CalledUrls>()
            .AddSingleton<AccountTokens>()
            .AddSingleton<StrangerLimit>()
            .AddSingleton<EventStore>()
            .AddSingleton<GroupCommit>()
            .AddSingleton<ReceiveTwilioWebhook>()
            .AddSingleton<ProcessInbound>()
            .AddSingleton<SweepWebhooks>();
    }
}
