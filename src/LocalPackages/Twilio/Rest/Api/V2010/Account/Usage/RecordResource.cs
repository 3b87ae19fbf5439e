using Twilio.Base;
using Twilio.Clients;
using Twilio.Json;

namespace Twilio.Rest.Api.V2010.Account.Usage;

public class RecordResource : Resource
{
    private RecordResource() { }

    public string AccountSid { get; private set; }

    public string ApiVersion { get; private set; }

    public string AsOf { get; private set; }

    public string Category { get; private set; }

    public string Count { get; private set; }

    public string CountUnit { get; private set; }

    public string Description { get; private set; }

    public DateTime? EndDate { get; private set; }

    public decimal? Price { get; private set; }

    public string PriceUnit { get; private set; }

    public DateTime? StartDate { get; private set; }

    public Dictionary<string, string> SubresourceUris { get; private set; }

    public string Uri { get; private set; }

    public string Usage { get; private set; }

    public string UsageUnit { get; private set; }

    public static Task<ResourceSet<RecordResource>> ReadAsync(ReadRecordOptions options, ITwilioRestClient client = null) =>
        Calls.ReadAsync(client, options.PathAccountSid, "Usage/Records.json", "usage_records", options, options.GetParams());

    public static RecordResource FromJson(string json) => TwilioJson.Read<RecordResource>(json);
}
