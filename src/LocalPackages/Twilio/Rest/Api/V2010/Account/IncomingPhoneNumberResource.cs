using Twilio.Base;
using Twilio.Clients;
using Twilio.Json;
using Twilio.Types;

namespace Twilio.Rest.Api.V2010.Account;

public partial class IncomingPhoneNumberResource : Resource
{
    private IncomingPhoneNumberResource() { }

    public string AccountSid { get; private set; }

    public string AddressSid { get; private set; }

    public AddressRequirementEnum AddressRequirements { get; private set; }

    public string ApiVersion { get; private set; }

    public bool? Beta { get; private set; }

    public PhoneNumberCapabilities Capabilities { get; private set; }

    public DateTime? DateCreated { get; private set; }

    public DateTime? DateUpdated { get; private set; }

    public string FriendlyName { get; private set; }

    public string IdentitySid { get; private set; }

    public PhoneNumber PhoneNumber { get; private set; }

    public string Origin { get; private set; }

    public string Sid { get; private set; }

    public string SmsApplicationSid { get; private set; }

    public Http.HttpMethod SmsFallbackMethod { get; private set; }

    public System.Uri SmsFallbackUrl { get; private set; }

    public Http.HttpMethod SmsMethod { get; private set; }

    public System.Uri SmsUrl { get; private set; }

    public System.Uri StatusCallback { get; private set; }

    public Http.HttpMethod StatusCallbackMethod { get; private set; }

    public string TrunkSid { get; private set; }

    public string Uri { get; private set; }

    public VoiceReceiveModeEnum VoiceReceiveMode { get; private set; }

    public string VoiceApplicationSid { get; private set; }

    public bool? VoiceCallerIdLookup { get; private set; }

    public Http.HttpMethod VoiceFallbackMethod { get; private set; }

    public System.Uri VoiceFallbackUrl { get; private set; }

    public Http.HttpMethod VoiceMethod { get; private set; }

    public System.Uri VoiceUrl { get; private set; }

    public EmergencyStatusEnum EmergencyStatus { get; private set; }

    public string EmergencyAddressSid { get; private set; }

    public EmergencyAddressStatusEnum EmergencyAddressStatus { get; private set; }

    public string BundleSid { get; private set; }

    public string Status { get; private set; }

    public string Type { get; private set; }

    public static Task<IncomingPhoneNumberResource> CreateAsync(CreateIncomingPhoneNumberOptions options, ITwilioRestClient client = null) =>
        Calls.PostAsync<IncomingPhoneNumberResource>(client, options.PathAccountSid, "IncomingPhoneNumbers.json", options.GetParams());

    public static Task<IncomingPhoneNumberResource> FetchAsync(FetchIncomingPhoneNumberOptions options, ITwilioRestClient client = null) =>
        Calls.GetAsync<IncomingPhoneNumberResource>(client, options.PathAccountSid, $"IncomingPhoneNumbers/{options.PathSid}.json");

    public static Task<IncomingPhoneNumberResource> UpdateAsync(UpdateIncomingPhoneNumberOptions options, ITwilioRestClient client = null) =>
        Calls.PostAsync<IncomingPhoneNumberResource>(client, options.PathAccountSid, $"IncomingPhoneNumbers/{options.PathSid}.json", options.GetParams());

    public static Task<bool> DeleteAsync(DeleteIncomingPhoneNumberOptions options, ITwilioRestClient client = null) =>
        Calls.DeleteAsync(client, options.PathAccountSid, $"IncomingPhoneNumbers/{options.PathSid}.json");

    public static Task<ResourceSet<IncomingPhoneNumberResource>> ReadAsync(ReadIncomingPhoneNumberOptions options, ITwilioRestClient client = null) =>
        Calls.ReadAsync(client, options.PathAccountSid, "IncomingPhoneNumbers.json", "incoming_phone_numbers", options, options.GetParams());

    public static IncomingPhoneNumberResource FromJson(string json) => TwilioJson.Read<IncomingPhoneNumberResource>(json);
}
