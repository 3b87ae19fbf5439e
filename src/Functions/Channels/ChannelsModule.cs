using Relais.Channels.Twilio;

namespace Relais.Channels;

internal static class ChannelsModule
{
    public static IServiceCollection AddChannels(this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton(configuration.GetSection(TwilioOptions.Section).Get<TwilioOptions>() ?? new TwilioOptions())
        .AddSingleton<TwilioClients>()
        .AddSingleton<IMessageSender, TwilioSender>()
        .AddSingleton<IMessageLookup, TwilioLookup>()
        .AddSingleton<INumberProvider, TwilioNumbers>()
        .AddSingleton<IUsageSource, TwilioUsage>()
        .AddSingleton<IWhatsAppSenders, TwilioWhatsAppSenders>();
}
