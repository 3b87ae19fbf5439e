using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Relais.Simulators;

/// <summary>Addresses of the 2010 API; regulations and bundles of numbers.twilio.com.</summary>
internal sealed class RegulatoryEndpoints(Simulation simulation, RestRequestCheck gate)
{
    private const string Host = "numbers.twilio.com";
    private const string Addresses = "/2010-04-01/Accounts/{account}/Addresses";
    private const string Compliance = "/v2/RegulatoryCompliance";

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(Addresses + ".json", gate.Of(RestOperations.AddressesList, ListAddresses));
        app.MapGet(Addresses + "/{sid}.json", gate.Of(RestOperations.AddressesFetch, (http, account) =>
            Found(http, simulation.Regulatory.AddressesOf(account.Sid).FirstOrDefault(address => address.Sid == Sid(http))?.Json)));
        app.MapGet(Compliance + "/Regulations", gate.Of(RestOperations.RegulationsList, (http, _) => ListRegulations(http)));
        app.MapGet(Compliance + "/Regulations/{sid}", gate.Of(RestOperations.RegulationsFetch, (http, _) =>
            Found(http, Regulation.All.FirstOrDefault(regulation => regulation.Sid == Sid(http))?.Json)));
        app.MapGet(Compliance + "/Bundles", gate.Of(RestOperations.BundlesList, ListBundles));
        app.MapGet(Compliance + "/Bundles/{sid}", gate.Of(RestOperations.BundlesFetch, (http, account) =>
            Found(http, simulation.Regulatory.BundlesOf(account.Sid).FirstOrDefault(bundle => bundle.Sid == Sid(http))?.Json)));
    }

    private RestAnswer ListAddresses(HttpContext http, SimulatedAccount account)
    {
        var found = simulation.Regulatory.AddressesOf(account.Sid)
            .Where(address => Is(http, "IsoCountry", address.IsoCountry) && Is(http, "FriendlyName", address.FriendlyName) && Is(http, "CustomerName", address.CustomerName));
        return RestAnswer.Ok(Paging.LegacyApiPage(http.Request, "addresses", [.. found.Select(address => (address.Sid, address.Json))]));
    }

    private static RestAnswer ListRegulations(HttpContext http)
    {
        var found = Regulation.All.Where(regulation =>
            Is(http, "IsoCountry", regulation.Country) && Is(http, "NumberType", regulation.Type.Wire()) && Is(http, "EndUserType", regulation.EndUserType));
        return RestAnswer.Ok(Paging.NewApiPage(http.Request, Host, "results", [.. found.Select(regulation => (regulation.Sid, regulation.Json))]));
    }

    private RestAnswer ListBundles(HttpContext http, SimulatedAccount account)
    {
        var found = simulation.Regulatory.BundlesOf(account.Sid).Where(bundle =>
            Is(http, "Status", bundle.Status) && Is(http, "IsoCountry", bundle.IsoCountry) && Is(http, "NumberType", bundle.NumberType.Wire())
            && Is(http, "EndUserType", bundle.EndUserType) && Is(http, "FriendlyName", bundle.FriendlyName));
        return RestAnswer.Ok(Paging.NewApiPage(http.Request, Host, "results", [.. found.Select(bundle => (bundle.Sid, bundle.Json))]));
    }

    private static RestAnswer Found(HttpContext http, object? body) => body is null ? TwilioFault.NotFound(http.Request.Path) : RestAnswer.Ok(body);

    private static string? Sid(HttpContext http) => http.GetRouteValue("sid") as string;

    private static bool Is(HttpContext http, string name, string value) => http.Request.Query[name].ToString() is not { Length: > 0 } wanted || wanted == value;
}
