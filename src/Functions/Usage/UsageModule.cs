using Relais.Usage.Budget;

namespace Relais.Usage;

internal static class UsageModule
{
    public static IServiceCollection AddUsage(this IServiceCollection services) => services
        .AddSingleton<RollUpDays>()
        .AddSingleton<GetUsage>()
        .AddSingleton<RefreshUsage>()
        .AddSingleton<GetBudget>()
        .AddSingleton<ChangeBudget>()
        .AddSingleton<ListBudgetAlerts>();
}
