using System.Globalization;
using Twilio.Clients;
using Twilio.Exceptions;
using Twilio.Rest.Api.V2010;
using Twilio.Rest.Api.V2010.Account;

namespace Relais.Channels.Twilio;

/// <summary>Accounts and numbers at Twilio. What happened is read from the wire, not from what the SDK made of it.</summary>
internal sealed partial class TwilioNumbers(TwilioClients clients) : INumberProvider
{
    public Task<ProviderResult<AccountFacts>> FetchAccountAsync(ProviderAccount account) => CallAsync(account, async client =>
    {
        var found = await AccountResource.FetchAsync(new FetchAccountOptions { PathSid = account.Sid }, client);
        return new AccountFacts(
            found.FriendlyName ?? "", found.Status?.ToString() ?? "", found.Type == AccountResource.TypeEnum.Trial,
            found.OwnerAccountSid is { Length: > 0 } owner && owner != found.Sid);
    });

    public Task<ProviderResult<Money>> FetchBalanceAsync(ProviderAccount account) => CallAsync(account, async client =>
    {
        var found = await BalanceResource.FetchAsync(new FetchBalanceOptions(), client);
        return new Money(decimal.Parse(found.Balance, NumberStyles.Float, CultureInfo.InvariantCulture), found.Currency ?? "USD");
    });

    private async Task<ProviderResult<T>> CallAsync<T>(ProviderAccount account, Func<ITwilioRestClient, Task<T>> call, Func<bool>? mayLeave = null)
    {
        var trace = CallTrace.Begin(mayLeave);
        try
        {
            return await call(clients.For(account.Sid, account.Token));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // from a further page it comes wrapped
            return Failed((failure as ApiException ?? failure.InnerException as ApiException)?.Code ?? 0, trace);
        }
    }

    // a 5xx may have been done all the same, and so may a call whose answer cannot be read
    private static ProviderFailure Failed(int providerCode, CallTrace trace)
    {
        if (trace.HttpStatus == 0 || trace.HeldBack)
        {
            return trace.BytesLeft
                ? new ProviderFailure(ProviderFailureKind.Unknown, ErrorCatalogue.NoAnswer)
                : new ProviderFailure(ProviderFailureKind.NotSent, ErrorCatalogue.Unreachable);
        }

        var code = providerCode > 0 ? providerCode.ToString(CultureInfo.InvariantCulture) : $"http_{trace.HttpStatus}";
        return new ProviderFailure(trace.HttpStatus is >= 400 and < 500 ? ProviderFailureKind.Refused : ProviderFailureKind.Unknown, code, trace.HttpStatus);
    }
}
