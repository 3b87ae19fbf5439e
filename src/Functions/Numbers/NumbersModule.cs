using Microsoft.Extensions.Options;
using Relais.Numbers.Inventory;
using Relais.Numbers.Offers;
using Relais.Numbers.Orders;
using Relais.Numbers.Orders.Run;
using Relais.Platform.Settings;

namespace Relais.Numbers;

internal static class NumbersModule
{
    public static IServiceCollection AddNumbers(this IServiceCollection services) => services
        .AddValidatedOptions<NumbersOptions>(NumbersOptions.Section)
        .AddSingleton<IValidateOptions<NumbersOptions>, ValidatePurchaseTimes>()
        .AddSingleton<FindNumberForSale>()
        .AddSingleton<GetPurchaseRequirements>()
        .AddSingleton<SearchNumbers>()
        .AddSingleton<GetRequirements>()
        .AddSingleton<CheckPurchase>()
        .AddSingleton<NumberOwnership>()
        .AddSingleton<CreateOrder>()
        .AddSingleton<OrderOrchestrations>()
        .AddSingleton<ReleaseOrphan>()
        .AddSingleton<PurchaseNumber>()
        .AddSingleton<GetOrder>()
        .AddSingleton<ListOrders>()
        .AddSingleton<ConnectWebhooks>()
        .AddSingleton<ListNumbers>()
        .AddSingleton<SyncNumbers>()
        .AddSingleton<RepairNumber>()
        .AddSingleton<ConnectExistingNumber>()
        .AddSingleton<ReleaseNumber>()
        .AddSingleton<FinishRelease>();
}
