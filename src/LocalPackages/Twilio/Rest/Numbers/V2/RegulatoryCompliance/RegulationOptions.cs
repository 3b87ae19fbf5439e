using Twilio.Base;

namespace Twilio.Rest.Numbers.V2.RegulatoryCompliance;

public class FetchRegulationOptions(string pathSid) : IOptions<RegulationResource>
{
    public string PathSid { get; } = pathSid;

    public bool? IncludeConstraints { get; set; }

    public List<KeyValuePair<string, string>> GetParams() => new Params()
        .Add("IncludeConstraints", IncludeConstraints);
}

public class ReadRegulationOptions : ReadOptions<RegulationResource>
{
    public RegulationResource.EndUserTypeEnum EndUserType { get; set; }

    public string IsoCountry { get; set; }

    public string NumberType { get; set; }

    public bool? IncludeConstraints { get; set; }

    public List<KeyValuePair<string, string>> GetParams() => new Params()
        .Add("EndUserType", EndUserType)
        .Add("IsoCountry", IsoCountry)
        .Add("NumberType", NumberType)
        .Add("IncludeConstraints", IncludeConstraints)
        .Add("PageSize", PageSize);
}
