using System.Globalization;
using Twilio.Base;

namespace Twilio.Rest.Api.V2010.Account.Usage.Record;

public class ReadThisMonthOptions : ReadOptions<ThisMonthResource>
{
    public string PathAccountSid { get; set; }

    public string Category { get; set; }

    public DateTime? StartDate { get; set; }

    public DateTime? EndDate { get; set; }

    public bool? IncludeSubaccounts { get; set; }

    public List<KeyValuePair<string, string>> GetParams() => new Params()
        .Add("Category", Category)
        .Add("StartDate", StartDate?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))
        .Add("EndDate", EndDate?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))
        .Add("IncludeSubaccounts", IncludeSubaccounts)
        .Add("PageSize", PageSize);
}
