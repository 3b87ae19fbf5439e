namespace Relais.Platform.Secrets;

/// <summary>Settings: Secrets:ActiveKey (an id) and Secrets:Keys:{id} (32 bytes in base64).</summary>
internal static class SecretsModule
{
    public static IServiceCollection AddSecrets(this IServiceCollection services, IConfiguration configuration)
    {
        var active = configuration["Secrets:ActiveKey"]
            ?? throw new InvalidOperationException("The setting Secrets__ActiveKey is missing: the id of the key that seals provider secrets.");
        var keys = configuration.GetSection("Secrets:Keys").GetChildren().ToDictionary(key => key.Key, key => KeySetting.Read($"Secrets__Keys__{key.Key}", key.Value));
        return services.AddSingleton(new SecretBox(keys, active));
    }
}
