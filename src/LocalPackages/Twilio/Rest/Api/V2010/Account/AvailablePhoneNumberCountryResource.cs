using Twilio.Base;
using Twilio.Clients;
using Twilio.Json;

namespace Twilio.Rest.Api.V2010.Account;

public class AvailablePhoneNumberCountryResource : Resource
{
    private AvailablePhoneNumberCountryResource() { }

    public string CountryCode { get; private set; }

    public string Country { get; private set; }

    public System.Uri Uri { get; private set; }

    public bool? Beta { get; private set; }

    public Dictionary<string, string> SubresourceUris { get; private set; }

    public static Task<AvailablePhoneNumberCountryResource> FetchAsync(FetchAvailablePhoneNumberCountryOptions options, ITwilioRestClient client = null) =>
        Calls.GetAsync<AvailablePhoneNumberCountryResource>(client, options.PathAccountSid, $"AvailablePhoneNumbers/{options.PathCountryCode}.json");

    public static Task<ResourceSet<AvailablePhoneNumberCountryResource>> ReadAsync(ReadAvailablePhoneNumberCountryOptions options, ITwilioRestClient client = null) =>
        Calls.ReadAsync(client, options.PathAccountSid, "AvailablePhoneNumbers.json", "countries", options, options.GetParams());

    public static AvailablePhoneNumberCountryResource FromJson(string json) => TwilioJson.Read<AvailablePhoneNumberCountryResource>(json);
}
