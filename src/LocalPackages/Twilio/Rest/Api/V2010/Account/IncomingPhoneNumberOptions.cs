using Twilio.Base;

namespace Twilio.Rest.Api.V2010.Account;

public class FetchIncomingPhoneNumberOptions(string pathSid) : IOptions<IncomingPhoneNumberResource>
{
    public string PathSid { get; } = pathSid;

    public string PathAccountSid { get; set; }
}

public class DeleteIncomingPhoneNumberOptions(string pathSid) : IOptions<IncomingPhoneNumberResource>
{
    public string PathSid { get; } = pathSid;

    public string PathAccountSid { get; set; }
}

public class ReadIncomingPhoneNumberOptions : ReadOptions<IncomingPhoneNumberResource>
{
    public string PathAccountSid { get; set; }

    public bool? Beta { get; set; }

    public string FriendlyName { get; set; }

    public Types.PhoneNumber PhoneNumber { get; set; }

    public string Origin { get; set; }

    public List<KeyValuePair<string, string>> GetParams() => new Params()
        .Add("Beta", Beta)
        .Add("FriendlyName", FriendlyName)
        .Add("PhoneNumber", PhoneNumber)
        .Add("Origin", Origin)
        .Add("PageSize", PageSize);
}
