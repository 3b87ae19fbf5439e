using Twilio.Base;

namespace Twilio.Rest.Api.V2010;

public class FetchAccountOptions : IOptions<AccountResource>
{
    public string PathSid { get; set; }
}
