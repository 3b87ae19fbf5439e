using Relais.Campaigns.Run;
using Relais.Platform.Settings;

namespace Relais.Campaigns;

internal static class CampaignsModule
{
    public static IServiceCollection AddCampaigns(this IServiceCollection services) => services
        .AddValidatedOptions<CampaignOptions>(CampaignOptions.Section)
        .AddSingleton<CampaignOrchestrations>()
        .AddSingleton<CreateCampaign>()
        .AddSingleton<GetCampaign>()
        .AddSingleton<GetStatistics>()
        .AddSingleton<ListCampaigns>()
        .AddSingleton<ListRecipients>()
        .AddSingleton<StartCampaign>()
        .AddSingleton<PauseCampaign>()
        .AddSingleton<ResumeCampaign>()
        .AddSingleton<CancelCampaign>();
}
