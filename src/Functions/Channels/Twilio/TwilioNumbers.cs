using System.Globalization;
using Twilio.Clients;
using Twilio.Rest.Api.V2010;
using Twilio.Rest.Api.V2010.Account;
using Twilio.Types;
using HttpMethod = Twilio.Http.HttpMethod;

namespace Relais.Channels.Twilio;

/// <summary>Reads accounts at Twilio, and buys, lists, connects and releases their numbers.</summary>
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

    public Task<ProviderResult<OwnedNumber>> BuyAsync(
        ProviderCredentials account, NumberToBuy number, Func<bool> canStillSend) => CallAsync(
        account,
        async client =>
        {
            var options = new CreateIncomingPhoneNumberOptions
            {
                PhoneNumber = new PhoneNumber(number.Number),
                AddressSid = number.AddressSid,
                BundleSid = number.BundleSid,
                SmsUrl = number.Webhooks.SmsUrl,
                SmsMethod = HttpMethod.Post,
                SmsFallbackUrl = number.Webhooks.SmsFallbackUrl,
                SmsFallbackMethod = HttpMethod.Post,
                StatusCallback = number.Webhooks.StatusCallback,
                StatusCallbackMethod = HttpMethod.Post,
            };
            return ToOwnedNumber(await IncomingPhoneNumberResource.CreateAsync(options, client));
        },
        canStillSend);

    public Task<ProviderResult<List<OwnedNumber>>> ListAsync(ProviderCredentials account, string? number = null) => CallAsync(
        account,
        async client =>
        {
            var options = new ReadIncomingPhoneNumberOptions
            {
                PhoneNumber = number is null ? null : new PhoneNumber(number),
                PageSize = PageSize,
            };
            var found = await IncomingPhoneNumberResource.ReadAsync(options, client);

            // Twilio's filter also returns numbers that contain the requested one.
            return found.Select(ToOwnedNumber).Where(owned => number is null || owned.Number == number).ToList();
        });

    public Task<ProviderResult<OwnedNumber>> FetchAsync(ProviderCredentials account, string sid) => CallAsync(
        account,
        async client => ToOwnedNumber(await IncomingPhoneNumberResource.FetchAsync(new FetchIncomingPhoneNumberOptions(sid), client)));

    public Task<ProviderResult<OwnedNumber>> ConnectAsync(ProviderCredentials account, string sid, NumberWebhooks webhooks) => CallAsync(
        account,
        async client =>
        {
            var options = new UpdateIncomingPhoneNumberOptions(sid)
            {
                SmsUrl = webhooks.SmsUrl,
                SmsMethod = HttpMethod.Post,
                SmsFallbackUrl = webhooks.SmsFallbackUrl,
                SmsFallbackMethod = HttpMethod.Post,
                StatusCallback = webhooks.StatusCallback,
                StatusCallbackMethod = HttpMethod.Post,
                SmsApplicationSid = "",
            };
            return ToOwnedNumber(await IncomingPhoneNumberResource.UpdateAsync(options, client));
        });

    public async Task<ProviderResult<bool>> ReleaseAsync(ProviderCredentials account, string sid)
    {
        var released = await CallAsync(account, async client =>
        {
            await IncomingPhoneNumberResource.DeleteAsync(new DeleteIncomingPhoneNumberOptions(sid), client);
            return true;
        });
        return released.Failure is { IsNotFound: true } ? false : released;
    }

    private static OwnedNumber ToOwnedNumber(IncomingPhoneNumberResource number) => new(
        number.Sid,
        number.PhoneNumber.ToString(),
        number.FriendlyName ?? "",
        Utc(number.DateCreated),
        Text(number.Type)?.Replace('-', '_'),
        Capabilities(number.Capabilities),
        Text(number.SmsUrl?.OriginalString),
        Text(number.SmsMethod?.ToString()),
        Text(number.SmsFallbackUrl?.OriginalString),
        Text(number.SmsFallbackMethod?.ToString()),
        Text(number.SmsApplicationSid))
    {
        StatusCallback = Text(number.StatusCallback?.OriginalString),
        StatusCallbackMethod = Text(number.StatusCallbackMethod?.ToString()),
    };

    private static string? Text(string? value) => string.IsNullOrEmpty(value) ? null : value;

    // The SDK returns local time if the answer contains a UTC offset, and a time of unspecified kind, which is UTC, otherwise.
    private static DateTimeOffset? Utc(DateTime? time) => time switch
    {
        null => null,
        { Kind: DateTimeKind.Local } local => new DateTimeOffset(local).ToUniversalTime(),
        { } utc => new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc)),
    };

    private Task<ProviderResult<T>> CallAsync<T>(
        ProviderCredentials account, Func<ITwilioRestClient, Task<T>> call, Func<bool>? canStillSend = null) =>
        clients.CallAsync(account, call, canStillSend);
}
