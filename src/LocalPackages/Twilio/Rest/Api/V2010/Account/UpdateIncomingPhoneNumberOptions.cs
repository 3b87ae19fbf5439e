using Twilio.Base;

namespace Twilio.Rest.Api.V2010.Account;

public class UpdateIncomingPhoneNumberOptions(string pathSid) : IOptions<IncomingPhoneNumberResource>
{
    public string PathSid { get; } = pathSid;

    public string PathAccountSid { get; set; }

    public string AccountSid { get; set; }

    public string ApiVersion { get; set; }

    public string FriendlyName { get; set; }

    public string SmsApplicationSid { get; set; }

    public Http.HttpMethod SmsFallbackMethod { get; set; }

    public Uri SmsFallbackUrl { get; set; }

    public Http.HttpMethod SmsMethod { get; set; }

    public Uri SmsUrl { get; set; }

    public Uri StatusCallback { get; set; }

    public Http.HttpMethod StatusCallbackMethod { get; set; }

    public string VoiceApplicationSid { get; set; }

    public bool? VoiceCallerIdLookup { get; set; }

    public Http.HttpMethod VoiceFallbackMethod { get; set; }

    public Uri VoiceFallbackUrl { get; set; }

    public Http.HttpMethod VoiceMethod { get; set; }

    public Uri VoiceUrl { get; set; }

    public IncomingPhoneNumberResource.EmergencyStatusEnum EmergencyStatus { get; set; }

    public string EmergencyAddressSid { get; set; }

    public string TrunkSid { get; set; }

    public string IdentitySid { get; set; }

    public string AddressSid { get; set; }

    public IncomingPhoneNumberResource.VoiceReceiveModeEnum VoiceReceiveMode { get; set; }

    public string BundleSid { get; set; }

    public List<KeyValuePair<string, string>> GetParams() => new Params()
        .Add("AccountSid", AccountSid)
        .Add("ApiVersion", ApiVersion)
        .Add("FriendlyName", FriendlyName)
        .Add("SmsApplicationSid", SmsApplicationSid)
        .Add("SmsFallbackMethod", SmsFallbackMethod)
        .Add("SmsFallbackUrl", SmsFallbackUrl)
        .Add("SmsMethod", SmsMethod)
        .Add("SmsUrl", SmsUrl)
        .Add("StatusCallback", StatusCallback)
        .Add("StatusCallbackMethod", StatusCallbackMethod)
        .Add("VoiceApplicationSid", VoiceApplicationSid)
        .Add("VoiceCallerIdLookup", VoiceCallerIdLookup)
        .Add("VoiceFallbackMethod", VoiceFallbackMethod)
        .Add("VoiceFallbackUrl", VoiceFallbackUrl)
        .Add("VoiceMethod", VoiceMethod)
        .Add("VoiceUrl", VoiceUrl)
        .Add("EmergencyStatus", EmergencyStatus)
        .Add("EmergencyAddressSid", EmergencyAddressSid)
        .Add("TrunkSid", TrunkSid)
        .Add("IdentitySid", IdentitySid)
        .Add("AddressSid", AddressSid)
        .Add("VoiceReceiveMode", VoiceReceiveMode)
        .Add("BundleSid", BundleSid);
}
