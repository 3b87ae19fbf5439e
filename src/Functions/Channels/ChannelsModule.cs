using Relais.Channels.Twilio;

namespace Relais.Channels;

internal static class ChannelsModule
{
    public static IServiceCollection AddChannels(this IServiceCollection services) => services
        .AddSingleton<RouterUrls>()
        .AddTwilio();
}
