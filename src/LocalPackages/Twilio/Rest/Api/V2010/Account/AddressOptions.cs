using Twilio.Base;

namespace Twilio.Rest.Api.V2010.Account;

public class FetchAddressOptions(string pathSid) : IOptions<AddressResource>
{
    public string PathSid { get; } = pathSid;

    public string PathAccountSid { get; set; }
}

public class ReadAddressOptions : ReadOptions<AddressResource>
{
    public string PathAccountSid { get; set; }

    public string CustomerName { get; set; }

    public string FriendlyName { get; set; }

    public bool? EmergencyEnabled { get; set; }

    public string IsoCountry { get; set; }

    public List<KeyValuePair<string, string>> GetParams() => new Params()
        .Add("CustomerName", CustomerName)
        .Add("FriendlyName", FriendlyName)
        .Add("EmergencyEnabled", EmergencyEnabled)
        .Add("IsoCountry", IsoCountry)
        .Add("PageSize", PageSize);
}
