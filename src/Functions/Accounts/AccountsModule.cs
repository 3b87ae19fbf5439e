namespace Relais.Accounts;

internal static class AccountsModule
{
    public static IServiceCollection AddAccounts(this IServiceCollection services) => services
        .AddSingleton<TenantAccounts>()
        .AddSingleton<RefreshAccountState>()
        .AddSingleton<ResolveAccount>()
        .AddSingleton<SaveCredentials>()
        .AddSingleton<DeleteCredentials>()
        .AddSingleton<GetTelephony>()
        .AddSingleton<ChangeTelephonySettings>();
}
