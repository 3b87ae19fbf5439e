using Microsoft.Extensions.Options;
using Relais.Platform.Settings;
using Relais.Telephony.Accounts;
using Relais.Telephony.Inventory;
using Relais.Telephony.Offers;
using Relais.Telephony.Orders;
using Relais.Telephony.Orders.Run;

namespace Relais.Telephony;

internal static class TelephonyModule
{
    public static IServiceCollection AddTelephony(this IServiceCollection services) => services
        .AddValidatedOptions<TelephonyOptions>(TelephonyOptions.Section)
        .AddSingleton<IValidateOptions<TelephonyOptions>, ValidatePurchaseTimes>()
        .AddSingleton<RouterUrls>()
        .AddSingleton<TenantAccounts>()
        .AddSingleton<RefreshAccountState>()
        .AddSingleton<ResolveAccount>()
        .AddSingleton<SaveCredentials>()
        .AddSingleton<DeleteCredentials>()
        .AddSingleton<GetTelephony>()
        .AddSingleton<FindNumberForSale>()
        .AddSingleton<GetPurchaseRequirements>()
        .AddSingleton<SearchNumbers>()
        .AddSingleton<GetRequirements>()
        .AddSingleton<CheckPurchase>()
        .AddSingleton<ChangeTelephonySettings>()
        .AddSingleton<NumberOwnership>()
        .AddSingleton<OrderStore>()
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
