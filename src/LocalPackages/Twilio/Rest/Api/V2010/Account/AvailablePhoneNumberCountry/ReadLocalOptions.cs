using Twilio.Base;

namespace Twilio.Rest.Api.V2010.Account.AvailablePhoneNumberCountry;

public class ReadLocalOptions(string pathCountryCode) : ReadOptions<LocalResource>
{
    public string PathCountryCode { get; } = pathCountryCode;

    public string PathAccountSid { get; set; }

    public int? AreaCode { get; set; }

    public string Contains { get; set; }

    public bool? SmsEnabled { get; set; }

    public bool? MmsEnabled { get; set; }

    public bool? VoiceEnabled { get; set; }

    public bool? ExcludeAllAddressRequired { get; set; }

    public bool? ExcludeLocalAddressRequired { get; set; }

    public bool? ExcludeForeignAddressRequired { get; set; }

    public bool? Beta { get; set; }

    public Types.PhoneNumber NearNumber { get; set; }

    public string NearLatLong { get; set; }

    public int? Distance { get; set; }

    public string InPostalCode { get; set; }

    public string InRegion { get; set; }

    public string InRateCenter { get; set; }

    public string InLata { get; set; }

    public string InLocality { get; set; }

    public bool? FaxEnabled { get; set; }

    public List<KeyValuePair<string, string>> GetParams() => new Params()
        .Add("AreaCode", AreaCode)
        .Add("Contains", Contains)
        .Add("SmsEnabled", SmsEnabled)
        .Add("MmsEnabled", MmsEnabled)
        .Add("VoiceEnabled", VoiceEnabled)
        .Add("ExcludeAllAddressRequired", ExcludeAllAddressRequired)
        .Add("ExcludeLocalAddressRequired", ExcludeLocalAddressRequired)
        .Add("ExcludeForeignAddressRequired", ExcludeForeignAddressRequired)
        .Add("Beta", Beta)
        .Add("NearNumber", NearNumber)
        .Add("NearLatLong", NearLatLong)
        .Add("Distance", Distance)
        .Add("InPostalCode", InPostalCode)
        .Add("InRegion", InRegion)
        .Add("InRateCenter", InRateCenter)
        .Add("InLata", InLata)
        .Add("InLocality", InLocality)
        .Add("FaxEnabled", FaxEnabled)
        .Add("PageSize", PageSize);
}
