using Twilio.Base;

namespace Twilio.Rest.Api.V2010.Account;

public class FetchAvailablePhoneNumberCountryOptions(string pathCountryCode) : IOptions<AvailablePhoneNumberCountryResource>
{
    public string PathCountryCode { get; } = pathCountryCode;

    public string PathAccountSid { get; set; }
}

public class ReadAvailablePhoneNumberCountryOptions : ReadOptions<AvailablePhoneNumberCountryResource>
{
    public string PathAccountSid { get; set; }

    public List<KeyValuePair<string, string>> GetParams() => new Params()
        .Add("PageSize", PageSize);
}
