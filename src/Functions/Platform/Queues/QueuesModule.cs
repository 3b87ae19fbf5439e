using Relais.Platform.Settings;

namespace Relais.Platform.Queues;

internal static class QueuesModule
{
    public static IServiceCollection AddQueues(this IServiceCollection services) => services
        .AddValidatedOptions<StorageOptions>(StorageOptions.Section)
        .AddSingleton<WorkQueues>();
}
