using Twilio.Base;

namespace Twilio.Rest.Api.V2010.Account;

public class FetchBalanceOptions : IOptions<BalanceResource>
{
    public string PathAccountSid { get; set; }
}
