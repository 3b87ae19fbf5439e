using Twilio.Base;
using Twilio.Clients;
using Twilio.Json;
using Twilio.Types;

namespace Twilio.Rest.Api.V2010.Account.AvailablePhoneNumberCountry;

public class LocalResource : Resource
{
    private LocalResource() { }

    public PhoneNumber FriendlyName { get; private set; }

    public PhoneNumber PhoneNumber { get; private set; }

    public string Lata { get; private set; }

    public string Locality { get; private set; }

    public string RateCenter { get; private set; }

    public decimal? Latitude { get; private set; }

    public decimal? Longitude { get; private set; }

    public string Region { get; private set; }

    public string PostalCode { get; private set; }

    public string IsoCountry { get; private set; }

    public string AddressRequirements { get; private set; }

    public bool? Beta { get; private set; }

    public PhoneNumberCapabilities Capabilities { get; private set; }

    public static Task<ResourceSet<LocalResource>> ReadAsync(ReadLocalOptions options, ITwilioRestClient client = null) =>
        Calls.ReadAsync(client, options.PathAccountSid, $"AvailablePhoneNumbers/{options.PathCountryCode}/Local.json", "available_phone_numbers", options, options.GetParams());

    public static LocalResource FromJson(string json) => TwilioJson.Read<LocalResource>(json);
}
