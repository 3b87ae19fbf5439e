using Twilio.Base;
using Twilio.Clients;
using Twilio.Json;

namespace Twilio.Rest.Api.V2010.Account;

public class AddressResource : Resource
{
    private AddressResource() { }

    public string AccountSid { get; private set; }

    public string City { get; private set; }

    public string CustomerName { get; private set; }

    public DateTime? DateCreated { get; private set; }

    public DateTime? DateUpdated { get; private set; }

    public string FriendlyName { get; private set; }

    public string IsoCountry { get; private set; }

    public string PostalCode { get; private set; }

    public string Region { get; private set; }

    public string Sid { get; private set; }

    public string Street { get; private set; }

    public string Uri { get; private set; }

    public bool? EmergencyEnabled { get; private set; }

    public bool? Validated { get; private set; }

    public bool? Verified { get; private set; }

    public string StreetSecondary { get; private set; }

    public static Task<AddressResource> FetchAsync(FetchAddressOptions options, ITwilioRestClient client = null) =>
        Calls.GetAsync<AddressResource>(client, options.PathAccountSid, $"Addresses/{options.PathSid}.json");

    public static Task<ResourceSet<AddressResource>> ReadAsync(ReadAddressOptions options, ITwilioRestClient client = null) =>
        Calls.ReadAsync(client, options.PathAccountSid, "Addresses.json", "addresses", options, options.GetParams());

    public static AddressResource FromJson(string json) => TwilioJson.Read<AddressResource>(json);
}
