using Relais.Platform.Secrets;
using Relais.Privacy.Erasure;

namespace Relais.Privacy;

internal static class PrivacyModule
{
    public static IServiceCollection AddPrivacy(this IServiceCollection services, IConfiguration configuration)
    {
        var options = configuration.GetSection(PrivacyOptions.Section).Get<PrivacyOptions>() ?? new PrivacyOptions();
        return services
            .AddSingleton(new AddressHash(Decode(options.HashKey)))
            .AddHostedService<HashKeyCheck>()
            .AddSingleton<Bystanders>()
            .AddSingleton<ErasePerson>()
            .AddSingleton<ProveConsent>()
            .AddSingleton<GetPrivacySettings>()
            .AddSingleton<ChangePrivacySettings>();
    }

    private static byte[]? Decode(string? key)
    {
        if (string.IsNullOrWhiteSpace(key))
        {
            return null;
        }

        var bytes = new byte[32];
        return Convert.TryFromBase64String(key, bytes, out var length) && length == bytes.Length
            ? bytes
            : throw new InvalidOperationException("The setting Privacy__HashKey is not 32 bytes in base64: by it the STOP of an erased person is recognised.");
    }
}
