using Twilio.Base;
using Twilio.Clients;
using Twilio.Json;
using Twilio.Types;

namespace Twilio.Rest.Numbers.V2.RegulatoryCompliance;

public class RegulationResource : Resource
{
    public sealed class EndUserTypeEnum : StringEnum
    {
        public static readonly EndUserTypeEnum Individual = new("individual");
        public static readonly EndUserTypeEnum Business = new("business");

        private EndUserTypeEnum(string value) : base(value) { }

        public EndUserTypeEnum() { }

        public static implicit operator EndUserTypeEnum(string value) => new(value);
    }

    private RegulationResource() { }

    public string Sid { get; private set; }

    public string FriendlyName { get; private set; }

    public string IsoCountry { get; private set; }

    public string NumberType { get; private set; }

    public EndUserTypeEnum EndUserType { get; private set; }

    public object Requirements { get; private set; }

    public Uri Url { get; private set; }

    public static Task<RegulationResource> FetchAsync(FetchRegulationOptions options, ITwilioRestClient client = null) =>
        Calls.GetAsync<RegulationResource>(client, Domain.Numbers, $"/v2/RegulatoryCompliance/Regulations/{options.PathSid}", options.GetParams());

    public static Task<ResourceSet<RegulationResource>> ReadAsync(ReadRegulationOptions options, ITwilioRestClient client = null) =>
        Calls.ReadAsync(client, Domain.Numbers, "/v2/RegulatoryCompliance/Regulations", "results", options, options.GetParams());

    public static RegulationResource FromJson(string json) => TwilioJson.Read<RegulationResource>(json);
}
