using Twilio.Base;
using Twilio.Clients;
using Twilio.Json;
using Twilio.Types;

namespace Twilio.Rest.Numbers.V2.RegulatoryCompliance;

public class BundleResource : Resource
{
    public sealed class StatusEnum : StringEnum
    {
        public static readonly StatusEnum Draft = new("draft");
        public static readonly StatusEnum PendingReview = new("pending-review");
        public static readonly StatusEnum InReview = new("in-review");
        public static readonly StatusEnum TwilioRejected = new("twilio-rejected");
        public static readonly StatusEnum TwilioApproved = new("twilio-approved");
        public static readonly StatusEnum ProvisionallyApproved = new("provisionally-approved");

        private StatusEnum(string value) : base(value) { }

        public StatusEnum() { }

        public static implicit operator StatusEnum(string value) => new(value);
    }

    public sealed class SortByEnum : StringEnum
    {
        public static readonly SortByEnum ValidUntil = new("valid-until");
        public static readonly SortByEnum DateUpdated = new("date-updated");

        private SortByEnum(string value) : base(value) { }

        public SortByEnum() { }

        public static implicit operator SortByEnum(string value) => new(value);
    }

    public sealed class SortDirectionEnum : StringEnum
    {
        public static readonly SortDirectionEnum Asc = new("ASC");
        public static readonly SortDirectionEnum Desc = new("DESC");

        private SortDirectionEnum(string value) : base(value) { }

        public SortDirectionEnum() { }

        public static implicit operator SortDirectionEnum(string value) => new(value);
    }

    public sealed class EndUserTypeEnum : StringEnum
    {
        public static readonly EndUserTypeEnum Individual = new("individual");
        public static readonly EndUserTypeEnum Business = new("business");

        private EndUserTypeEnum(string value) : base(value) { }

        public EndUserTypeEnum() { }

        public static implicit operator EndUserTypeEnum(string value) => new(value);
    }

    private BundleResource() { }

    public string Sid { get; private set; }

    public string AccountSid { get; private set; }

    public string RegulationSid { get; private set; }

    public string FriendlyName { get; private set; }

    public StatusEnum Status { get; private set; }

    public DateTime? ValidUntil { get; private set; }

    public string Email { get; private set; }

    public Uri StatusCallback { get; private set; }

    public DateTime? DateCreated { get; private set; }

    public DateTime? DateUpdated { get; private set; }

    public Uri Url { get; private set; }

    public Dictionary<string, string> Links { get; private set; }

    public static Task<BundleResource> FetchAsync(FetchBundleOptions options, ITwilioRestClient client = null) =>
        Calls.GetAsync<BundleResource>(client, Domain.Numbers, $"/v2/RegulatoryCompliance/Bundles/{options.PathSid}");

    public static Task<ResourceSet<BundleResource>> ReadAsync(ReadBundleOptions options, ITwilioRestClient client = null) =>
        Calls.ReadAsync(client, Domain.Numbers, "/v2/RegulatoryCompliance/Bundles", "results", options, options.GetParams());

    public static BundleResource FromJson(string json) => TwilioJson.Read<BundleResource>(json);
}
