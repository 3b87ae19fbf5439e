using Twilio.Base;
using Twilio.Clients;
using Twilio.Json;

namespace Twilio.Rest.Api.V2010.Account;

public class BalanceResource : Resource
{
    private BalanceResource() { }

    public string AccountSid { get; private set; }

    public string Balance { get; private set; }

    public string Currency { get; private set; }

    public static Task<BalanceResource> FetchAsync(FetchBalanceOptions options, ITwilioRestClient client = null) =>
        Calls.GetAsync<BalanceResource>(client, options.PathAccountSid, "Balance.json");

    public static BalanceResource FromJson(string json) => TwilioJson.Read<BalanceResource>(json);
}
