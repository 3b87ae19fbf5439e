using Twilio.Base;
using Twilio.Clients;
using Twilio.Json;

namespace Twilio.Rest.Api.V2010.Account.Usage.Record;

public class MonthlyResource : Resource
{
    private MonthlyResource() { }

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

    public static Task<ResourceSet<MonthlyResource>> ReadAsync(ReadMonthlyOptions options, ITwilioRestClient client = null) =>
        Calls.ReadAsync(client, options.PathAccountSid, "Usage/Records/Monthly.json", "usage_records", options, options.GetParams());

    public static MonthlyResource FromJson(string json) => TwilioJson.Read<MonthlyResource>(json);
}
