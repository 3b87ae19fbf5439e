using Relais.Channels.Twilio;
using Relais.Platform.Settings;

namespace Relais.Channels;

internal static class ChannelsModule
{
    public static IServiceCollection AddChannels(this IServiceCollection services) => services
        .AddValidatedOptions<TwilioOptions>(TwilioOptions.Section)
        .AddSingleton<RouterUrls>()
        .AddSingleton<TwilioClients>()
        .AddSingleton<IMessageSender, TwilioSender>()
        .AddSingleton<IMessageLookup, TwilioLookup>()
        .AddSingleton<INumberProvider, TwilioNumbers>()
        .AddSingleton<IUsageProvider, TwilioUsage>()
        .AddSingleton<IWhatsAppSenderProvider, TwilioWhatsAppSenders>();
}
