using Relais.Consent;
using Relais.Platform.Secrets;
using Relais.Platform.Settings;
using Relais.Privacy.Erasure;

namespace Relais.Privacy;

internal static class PrivacyModule
{
    public static IServiceCollection AddPrivacy(this IServiceCollection services) => services
        .AddValidatedOptions<PrivacyOptions>(PrivacyOptions.Section)
        .AddSingleton(provider => new AddressHash(provider.GetRequiredService<PrivacyOptions>().ReadKey()))
        .AddSingleton<FillAddressHashes>()
        .AddHostedService<CheckHashKeyAtStart>()
        .AddSingleton<RedactLateReports>()
        .AddSingleton<ErasePerson>()
        .AddSingleton<GetConsentHistory>()
        .AddSingleton<GetPrivacySettings>()
        .AddSingleton<ChangePrivacySettings>();
}
