using Twilio.Rest.Api.V2010.Account;
using Twilio.Types;
using HttpMethod = Twilio.Http.HttpMethod;

namespace Relais.Channels.Twilio;

/// <summary>The part that buys, lists, connects and releases the numbers of an account.</summary>
internal sealed partial class TwilioNumbers
{
    public Task<ProviderResult<OwnedNumber>> BuyAsync(
        ProviderCredentials account, NumberPurchase purchase, Func<bool> canStillSend) => CallAsync(
        account,
        async client =>
        {
            var options = new CreateIncomingPhoneNumberOptions
            {
                PhoneNumber = new PhoneNumber(purchase.Number),
                AddressSid = purchase.AddressSid,
                BundleSid = purchase.BundleSid,
                SmsUrl = purchase.Webhooks.SmsUrl,
                SmsMethod = HttpMethod.Post,
                SmsFallbackUrl = purchase.Webhooks.SmsFallbackUrl,
                SmsFallbackMethod = HttpMethod.Post,
                StatusCallback = purchase.Webhooks.StatusCallback,
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
}
