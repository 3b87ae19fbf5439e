namespace Relais.WhatsAppSenders;

internal static class WhatsAppModule
{
    public static IServiceCollection AddWhatsAppSenders(this IServiceCollection services) => services
        .AddSingleton<FindRegisteredSender>()
        .AddSingleton<ListWhatsAppSenders>()
        .AddSingleton<SyncWhatsAppSenders>()
        .AddSingleton<ChangeWhatsAppProfile>()
        .AddSingleton<ConnectWhatsAppSender>()
        .AddSingleton<RetireWhatsAppSender>()
        .AddSingleton<RestoreWhatsAppSender>();
}
