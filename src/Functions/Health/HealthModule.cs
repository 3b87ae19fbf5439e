namespace Relais.Health;

internal static class HealthModule
{
    public static IServiceCollection AddHealth(this IServiceCollection services) => services
        .AddSingleton<IDependency, DatabaseDependency>()
        .AddSingleton<IDependency, StorageDependency>()
        .AddSingleton<CheckReadiness>();
}
