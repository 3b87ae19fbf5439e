using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Relais.Simulators;

/// <summary>The endpoints AvailablePhoneNumbers and IncomingPhoneNumbers of the 2010 API.</summary>
internal sealed class NumberEndpoints(Simulation simulation, RestRequestCheck gate)
{
    private const string Account = "/2010-04-01/Accounts/{account}";
    private const string Incoming = Account + "/IncomingPhoneNumbers";
    private const string Available = Account + "/AvailablePhoneNumbers";

    private readonly NumberSearch search = new(simulation);
    private readonly NumberPurchase purchase = new(simulation);

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(Available + ".json", gate.Of(RestOperations.CountriesList, NumberCountries.Countries));
        app.MapGet(Available + "/{country}.json", gate.Of(RestOperations.CountriesFetch, NumberCountries.Country));
        app.MapGet(Available + "/{country}/{type}.json", gate.Of(RestOperations.NumbersSearch, (http, _) => search.Search(http)));
        app.MapPost(Incoming + ".json", gate.Of(RestOperations.NumbersCreate, purchase.RunAsync));
        app.MapGet(Incoming + ".json", gate.Of(RestOperations.NumbersList, List));
        app.MapGet(Incoming + "/{sid}.json", gate.Of(RestOperations.NumbersFetch, (http, account) =>
            WithNumber(http, account, number => RestAnswer.Ok(number.Json))));
        app.MapPost(Incoming + "/{sid}.json", gate.Of(RestOperations.NumbersUpdate, UpdateAsync));
        app.MapDelete(Incoming + "/{sid}.json", gate.Of(RestOperations.NumbersDelete, (http, account) =>
            WithNumber(http, account, number => simulation.Numbers.Release(number, inConsole: false)
                ? RestAnswer.NoContent
                : TwilioFault.NotFound(http.Request.Path))));
    }

    private RestAnswer List(HttpContext http, SimulatedAccount account)
    {
        var number = http.Request.Query["PhoneNumber"].ToString();
        var name = http.Request.Query["FriendlyName"].ToString();
        var pattern = number.Length > 0 ? NumberPattern.Of(number) : null;
        var found = simulation.Numbers.Of(account.Sid).Where(owned =>
            (pattern is null || pattern.IsMatch(owned.PhoneNumber)) && (name.Length == 0 || owned.FriendlyName == name));
        return RestAnswer.Ok(Paging.LegacyApiPage(
            http.Request, "incoming_phone_numbers", [.. found.Select(owned => (owned.Sid, owned.Json))]));
    }

    private async Task<RestAnswer> UpdateAsync(HttpContext http, SimulatedAccount account)
    {
        var form = http.Request.HasFormContentType ? await http.Request.ReadFormAsync(http.RequestAborted) : FormCollection.Empty;
        return WithNumber(http, account, number =>
        {
            var (changed, fault) = NumberForm.Apply(number, form);
            return fault ?? (simulation.Numbers.Change(changed) is { } saved
                ? RestAnswer.Ok(saved.Json)
                : TwilioFault.NotFound(http.Request.Path));
        });
    }

    private RestAnswer WithNumber(HttpContext http, SimulatedAccount account, Func<SimulatedNumber, RestAnswer> next) =>
        simulation.Numbers.Find(account.Sid, http.GetRouteValue("sid") as string) is { } number
            ? next(number)
            : TwilioFault.NotFound(http.Request.Path);
}
