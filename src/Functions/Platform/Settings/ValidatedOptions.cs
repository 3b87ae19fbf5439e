using Microsoft.Extensions.Options;

namespace Relais.Platform.Settings;

internal static class ValidatedOptions
{
    /// <summary>
    /// Binds the section to <typeparamref name="T"/>, which is injected as it is, and checks every setting of it at the start. A property says by
    /// attributes what it may be.
    /// </summary>
    public static IServiceCollection AddValidatedOptions<T>(this IServiceCollection services, string section)
        where T : class, new()
    {
        services.AddOptions<T>().ValidateOnStart();
        return services
            .AddSingleton<IConfigureOptions<T>>(provider => new SettingsSection<T>(provider.GetRequiredService<IConfiguration>(), section))
            .AddSingleton<IValidateOptions<T>>(provider => new SettingsSection<T>(provider.GetRequiredService<IConfiguration>(), section))
            .AddSingleton(provider => provider.GetRequiredService<IOptions<T>>().Value);
    }
}
