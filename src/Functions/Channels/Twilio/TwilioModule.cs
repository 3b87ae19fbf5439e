using Relais.Platform.Settings;

namespace Relais.Channels.Twilio;

internal static class TwilioModule
{
    public static IServiceCollection AddTwilio(this IServiceCollection services) => services
        .AddValidatedOptions<TwilioOptions>(TwilioOptions.Section)
        .AddSingleton<TwilioClients>()
        .AddSingleton<IWebhookProvider, TwilioWebhooks>()
        .AddSingleton<IMessageSender, TwilioSender>()
        .AddSingleton<IMessageLookup, TwilioLookup>()
        .AddSingleton<INumberProvider, TwilioNumbers>()
        .AddSingleton<IUsageProvider, TwilioUsage>()
        .AddSingleton<IWhatsAppSenderProvider, TwilioWhatsAppSenders>();
}
