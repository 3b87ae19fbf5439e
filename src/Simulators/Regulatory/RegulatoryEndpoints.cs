using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Relais.Simulators;

/// <summary>The endpoints for the addresses of the 2010 API, and for the regulations and bundles of numbers.twilio.com.</summary>
internal sealed class RegulatoryEndpoints(Simulation simulation, RestRequestCheck gate)
{
    private const string Host = "numbers.twilio.com";
    private const string Addresses = "/2010-04-01/Accounts/{account}/Addresses";
    private const string Compliance = "/v2/RegulatoryCompliance";

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(Addresses + ".json", gate.Of(RestOperations.AddressesList, ListAddresses));
        app.MapGet(Addresses + "/{sid}.json", gate.Of(RestOperations.AddressesFetch, (http, account) => OkOrNotFound(
            http, simulation.Regulatory.AddressesOf(account.Sid).FirstOrDefault(address => address.Sid == RouteSid(http))?.Json)));
        app.MapGet(Compliance + "/Regulations", gate.Of(RestOperations.RegulationsList, (http, _) => ListRegulations(http)));
        app.MapGet(Compliance + "/Regulations/{sid}", gate.Of(RestOperations.RegulationsFetch, (http, _) =>
            OkOrNotFound(http, Regulation.All.FirstOrDefault(regulation => regulation.Sid == RouteSid(http))?.Json)));
        app.MapGet(Compliance + "/Bundles", gate.Of(RestOperations.BundlesList, ListBundles));
        app.MapGet(Compliance + "/Bundles/{sid}", gate.Of(RestOperations.BundlesFetch, (http, account) => OkOrNotFound(
            http, simulation.Regulatory.BundlesOf(account.Sid).FirstOrDefault(bundle => bundle.Sid == RouteSid(http))?.Json)));
    }

    private RestAnswer ListAddresses(HttpContext http, SimulatedAccount account)
    {
        var found = simulation.Regulatory.AddressesOf(account.Sid)
            .Where(address => Matches(http, "IsoCountry", address.IsoCountry)
                && Matches(http, "FriendlyName", address.FriendlyName)
                && Matches(http, "CustomerName", address.CustomerName));
        return RestAnswer.Ok(Paging.LegacyApiPage(http.Request, "addresses", [.. found.Select(address => (address.Sid, address.Json))]));
    }

    private static RestAnswer ListRegulations(HttpContext http)
    {
        var found = Regulation.All.Where(regulation =>
            Matches(http, "IsoCountry", regulation.Country)
            && Matches(http, "NumberType", regulation.Type.Wire())
            && Matches(http, "EndUserType", regulation.EndUserType));
        return RestAnswer.Ok(Paging.NewApiPage(
            http.Request, Host, "results", [.. found.Select(regulation => (regulation.Sid, regulation.Json))]));
    }

    private RestAnswer ListBundles(HttpContext http, SimulatedAccount account)
    {
        var found = simulation.Regulatory.BundlesOf(account.Sid).Where(bundle =>
            Matches(http, "Status", bundle.Status)
            && Matches(http, "IsoCountry", bundle.IsoCountry)
            && Matches(http, "NumberType", bundle.NumberType.Wire())
            && Matches(http, "EndUserType", bundle.EndUserType)
            && Matches(http, "FriendlyName", bundle.FriendlyName));
        return RestAnswer.Ok(Paging.NewApiPage(http.Request, Host, "results", [.. found.Select(bundle => (bundle.Sid, bundle.Json))]));
    }

    private static RestAnswer OkOrNotFound(HttpContext http, object? body) =>
        body is null ? TwilioFault.NotFound(http.Request.Path) : RestAnswer.Ok(body);

    private static string? RouteSid(HttpContext http) => http.GetRouteValue("sid") as string;

    private static bool Matches(HttpContext http, string name, string value) =>
        http.Request.Query[name].ToString() is not { Length: > 0 } requested || requested == value;
}
