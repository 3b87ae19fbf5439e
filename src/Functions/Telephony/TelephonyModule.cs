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
        .AddSingleton<IValidateOptions<TelephonyOptions>, TelephonyTimes>()
        .AddSingleton<WebhookTargets>()
        .AddSingleton<AccountDirectory>()
        .AddSingleton<AccountStates>()
        .AddSingleton<UsableAccount>()
        .AddSingleton<SaveCredentials>()
        .AddSingleton<DeleteCredentials>()
        .AddSingleton<GetTelephony>()
        .AddSingleton<NumberFinder>()
        .AddSingleton<ReadNeeds>()
        .AddSingleton<SearchNumbers>()
        .AddSingleton<GetRequirements>()
        .AddSingleton<Preflight>()
        .AddSingleton<ChangeTelephonySettings>()
        .AddSingleton<OtherInventories>()
        .AddSingleton<OrderBook>()
        .AddSingleton<OrderRuns>()
        .AddSingleton<ReturnLatePurchase>()
        .AddSingleton<PurchaseNumber>()
        .AddSingleton<GetOrder>()
        .AddSingleton<ListOrders>()
        .AddSingleton<ConnectWebhooks>()
        .AddSingleton<ListNumbers>()
        .AddSingleton<SyncNumbers>()
        .AddSingleton<RepairNumber>()
        .AddSingleton<ConfigureWebhook>()
        .AddSingleton<ReleaseNumber>()
        .AddSingleton<FinishRelease>();
}
