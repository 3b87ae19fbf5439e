using System.Globalization;
using Twilio.Clients;
using Twilio.Rest.Api.V2010;
using Twilio.Rest.Api.V2010.Account;

namespace Relais.Channels.Twilio;

/// <summary>Reads accounts and manages phone numbers at Twilio. This part reads the account.</summary>
internal sealed partial class TwilioNumbers(TwilioClients clients) : INumberProvider
{
    public Task<ProviderResult<AccountInfo>> FetchAccountAsync(ProviderCredentials account) => CallAsync(account, async client =>
    {
        var found = await AccountResource.FetchAsync(new FetchAccountOptions { PathSid = account.Sid }, client);
        return new AccountInfo(
            found.FriendlyName ?? "", found.Status?.ToString() ?? "", found.Type == AccountResource.TypeEnum.Trial,
            found.OwnerAccountSid is { Length: > 0 } owner && owner != found.Sid)
        {
            Sid = found.Sid ?? "",
        };
    });

    public Task<ProviderResult<Money>> FetchBalanceAsync(ProviderCredentials account) => CallAsync(account, async client =>
    {
        var found = await BalanceResource.FetchAsync(new FetchBalanceOptions(), client);
        return new Money(decimal.Parse(found.Balance, NumberStyles.Float, CultureInfo.InvariantCulture), found.Currency ?? "USD");
    });

    private Task<ProviderResult<T>> CallAsync<T>(
        ProviderCredentials account, Func<ITwilioRestClient, Task<T>> call, Func<bool>? canStillSend = null) =>
        clients.CallAsync(account, call, canStillSend);
}
