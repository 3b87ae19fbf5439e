using Microsoft.Extensions.Options;

namespace Relais.Platform.Settings;

internal static class ValidatedOptions
{
    /// <summary>
    /// Binds the section to <typeparamref name="T"/>, registers <typeparamref name="T"/> itself (not IOptions) for injection, and validates
    /// every setting at the start. Validation attributes on the properties define the valid values.
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
