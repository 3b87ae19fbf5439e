using Relais.Campaigns.Run;

namespace Relais.Campaigns;

internal static class CampaignsModule
{
    public static IServiceCollection AddCampaigns(this IServiceCollection services)
    {
        services.AddOptions<CampaignOptions>().BindConfiguration(CampaignOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton<CampaignRuns>()
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
}
