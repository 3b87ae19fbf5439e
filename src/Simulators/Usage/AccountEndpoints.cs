using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Relais.Simulators;

/// <summary>The endpoints of the 2010 API for the account, its balance and its usage records.</summary>
internal sealed class AccountEndpoints(Simulation simulation, RestRequestCheck gate)
{
    private const string Account = "/2010-04-01/Accounts/{account}";

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(Account + ".json", gate.Of(RestOperations.AccountFetch, (_, account) => RestAnswer.Ok(Json(account))));
        app.MapGet(Account + "/Balance.json", gate.Of(RestOperations.Balance, Balance));
        app.MapGet(Account + "/Usage/Records.json", gate.Of(RestOperations.UsageList, Usage));
        app.MapGet(Account + "/Usage/Records/{list}.json", gate.Of(RestOperations.UsageList, Usage));
    }

    private static object Json(SimulatedAccount account) => new
    {
        sid = account.Sid,
        friendly_name = account.FriendlyName,
        status = account.Status,
        type = account.Type,
        owner_account_sid = account.OwnerAccountSid ?? account.Sid,
        auth_token = account.AuthToken,
        date_created = "Thu, 01 Jan 2026 00:00:00 +0000",
        date_updated = "Thu, 01 Jan 2026 00:00:00 +0000",
        subresource_uris = new { balance = $"/2010-04-01/Accounts/{account.Sid}/Balance.json" },
        uri = $"/2010-04-01/Accounts/{account.Sid}.json",
    };

    // As at Twilio, a sub-account has no balance of its own.
    private static RestAnswer Balance(HttpContext http, SimulatedAccount account) =>
        account.OwnerAccountSid is { } owner && owner != account.Sid
            ? TwilioFault.NotFound(http.Request.Path)
            : RestAnswer.Ok(new
            {
                account_sid = account.Sid,
                balance = account.Balance.ToString("0.####", CultureInfo.InvariantCulture),
                currency = "USD",
            });

    private RestAnswer Usage(HttpContext http, SimulatedAccount account)
    {
        var query = http.Request.Query;
        var today = DateOnly.FromDateTime(simulation.Clock.Now.UtcDateTime);
        var from = simulation.Billing.FirstDay(account.Sid) ?? today;
        var to = today;
        if ((query["StartDate"].ToString() is { Length: > 0 } start && !TryReadDay(start, ref from))
            || (query["EndDate"].ToString() is { Length: > 0 } end && !TryReadDay(end, ref to)))
        {
            return TwilioFault.BadRequest(20422, "StartDate and EndDate are dates: 2026-09-01 or -30days");
        }

        var periods = UsagePeriods.Of(http.GetRouteValue("list") as string, today, from, to);
        if (periods is null)
        {
            return TwilioFault.NotFound(http.Request.Path);
        }

        var categories = query["Category"].ToString() is { Length: > 0 } name
            ? UsageCategory.Named(name) is { } requested ? [requested] : []
            : UsageCategory.All;
        var records = from period in periods
                      from category in categories
                      select ($"{category.Name}-{period.From:yyyyMMdd}", Record(account, category, period));
        return RestAnswer.Ok(Paging.LegacyApiPage(http.Request, "usage_records", [.. records]));

        bool TryReadDay(string text, ref DateOnly day)
        {
            var parsed = UsagePeriods.ParseDay(text, today);
            day = parsed ?? day;
            return parsed is not null;
        }
    }

    private object Record(SimulatedAccount account, UsageCategory category, (DateOnly From, DateOnly To) period)
    {
        var total = simulation.Billing.Sum(account.Sid, category, period.From, period.To);
        var isPrice = category.Name == UsageCategory.TotalPrice;
        var price = total.Price.ToString("0.######", CultureInfo.InvariantCulture);
        return new
        {
            account_sid = account.Sid,
            api_version = "2010-04-01",
            as_of = simulation.Clock.Now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss+00:00", CultureInfo.InvariantCulture),
            category = category.Name,
            description = category.Description,
            count = isPrice ? "" : total.Count.ToString(CultureInfo.InvariantCulture),
            count_unit = category.CountUnit,
            usage = isPrice ? price : total.Usage.ToString(CultureInfo.InvariantCulture),
            usage_unit = category.UsageUnit,
            price,
            price_unit = "usd",
            start_date = period.From.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            end_date = period.To.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            subresource_uris = new
            {
                daily = $"/2010-04-01/Accounts/{account.Sid}/Usage/Records/Daily.json?Category={category.Name}",
            },
            uri = $"/2010-04-01/Accounts/{account.Sid}/Usage/Records.json?Category={category.Name}",
        };
    }
}
