using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Relais.Simulators;

/// <summary>Answers the requests for the countries of AvailablePhoneNumbers.</summary>
internal static class NumberCountries
{
    public static RestAnswer Countries(HttpContext http, SimulatedAccount account) => RestAnswer.Ok(Paging.LegacyApiPage(
        http.Request, "countries",
        [.. NumbersForSale.Countries.Keys.Order(StringComparer.Ordinal).Select(code => (code, Country(account, code)))]));

    public static RestAnswer Country(HttpContext http, SimulatedAccount account) =>
        http.GetRouteValue("country") is string code && NumbersForSale.Countries.ContainsKey(code)
            ? RestAnswer.Ok(Country(account, code))
            : TwilioFault.NotFound(http.Request.Path);

    private static object Country(SimulatedAccount account, string code)
    {
        var uri = $"/2010-04-01/Accounts/{account.Sid}/AvailablePhoneNumbers/{code}";
        return new
        {
            country_code = code,
            country = NumbersForSale.Countries[code],
            uri = uri + ".json",
            beta = false,
            subresource_uris = NumbersForSale.Blocks.Where(block => block.Country == code)
                .Select(block => block.Type)
                .Distinct()
                .ToDictionary(type => type.Key(), type => $"{uri}/{type}.json"),
        };
    }
}
