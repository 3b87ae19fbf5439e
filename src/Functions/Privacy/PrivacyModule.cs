using Relais.Platform.Secrets;
using Relais.Privacy.Erasure;

namespace Relais.Privacy;

internal static class PrivacyModule
{
    public static IServiceCollection AddPrivacy(this IServiceCollection services, IConfiguration configuration)
    {
        var options = configuration.GetSection(PrivacyOptions.Section).Get<PrivacyOptions>() ?? new PrivacyOptions();
        return services
            .AddSingleton(new AddressHash(string.IsNullOrWhiteSpace(options.HashKey) ? null : KeySetting.Read("Privacy__HashKey", options.HashKey)))
            .AddHostedService<HashKeyCheck>()
            .AddSingleton<Bystanders>()
            .AddSingleton<ErasePerson>()
            .AddSingleton<ProveConsent>()
            .AddSingleton<GetPrivacySettings>()
            .AddSingleton<ChangePrivacySettings>();
    }
}
