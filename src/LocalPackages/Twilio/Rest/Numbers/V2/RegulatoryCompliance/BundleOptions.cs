using Twilio.Base;

namespace Twilio.Rest.Numbers.V2.RegulatoryCompliance;

public class FetchBundleOptions(string pathSid) : IOptions<BundleResource>
{
    public string PathSid { get; } = pathSid;
}

public class ReadBundleOptions : ReadOptions<BundleResource>
{
    public BundleResource.StatusEnum Status { get; set; }

    public string BundleSids { get; set; }

    public string FriendlyName { get; set; }

    public string RegulationSid { get; set; }

    public string IsoCountry { get; set; }

    public string NumberType { get; set; }

    public BundleResource.EndUserTypeEnum EndUserType { get; set; }

    public bool? HasValidUntilDate { get; set; }

    public BundleResource.SortByEnum SortBy { get; set; }

    public BundleResource.SortDirectionEnum SortDirection { get; set; }

    public DateTime? ValidUntilDate { get; set; }

    public DateTime? ValidUntilDateBefore { get; set; }

    public DateTime? ValidUntilDateAfter { get; set; }

    public List<KeyValuePair<string, string>> GetParams() => new Params()
        .Add("Status", Status)
        .Add("BundleSids", BundleSids)
        .Add("FriendlyName", FriendlyName)
        .Add("RegulationSid", RegulationSid)
        .Add("IsoCountry", IsoCountry)
        .Add("NumberType", NumberType)
        .Add("EndUserType", EndUserType)
        .Add("HasValidUntilDate", HasValidUntilDate)
        .Add("SortBy", SortBy)
        .Add("SortDirection", SortDirection)
        .Add("ValidUntilDate", ValidUntilDate)
        .Add("ValidUntilDate<", ValidUntilDate is null ? ValidUntilDateBefore : null)
        .Add("ValidUntilDate>", ValidUntilDate is null ? ValidUntilDateAfter : null)
        .Add("PageSize", PageSize);
}
