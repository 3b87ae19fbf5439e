namespace Relais.Inbox;

internal static class InboxModule
{
    public static IServiceCollection AddInbox(this IServiceCollection services) => services
        .AddSingleton<GetMessage>()
        .AddSingleton<ListReceivedMessages>();
}
