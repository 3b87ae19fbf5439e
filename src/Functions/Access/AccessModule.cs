namespace Relais.Access;

internal static class AccessModule
{
    public static IServiceCollection AddAccess(this IServiceCollection services) =>
        services.AddSingleton(new AccessRules(typeof(AccessModule).Assembly)).AddSingleton<ApiKeyLookup>();
}
