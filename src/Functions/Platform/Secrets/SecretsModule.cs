using Relais.Platform.Settings;

namespace Relais.Platform.Secrets;

internal static class SecretsModule
{
    public static IServiceCollection AddSecrets(this IServiceCollection services) => services
        .AddValidatedOptions<SecretsOptions>(SecretsOptions.Section)
        .AddSingleton(provider => Box(provider.GetRequiredService<SecretsOptions>()));

    private static SecretBox Box(SecretsOptions options) =>
        new(options.Keys.ToDictionary(key => key.Key, key => KeySetting.Read(key.Value)), options.ActiveKey!);
}
