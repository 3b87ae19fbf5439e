using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Relais.Access;
using Relais.Platform.Http;

namespace Relais.Numbers.Offers;

internal sealed class OfferFunctions(SearchNumbers search, GetRequirements requirements)
{
    [Function(nameof(SearchNumbers))]
    [Require(Role.Operator, Scope.Telephony)]
    [Describe("Returns at most 30 numbers for sale.", Request = typeof(SearchRequest), Response = typeof(SearchAnswer))]
    public async Task<IResult> Search(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "search-twilio-numbers")] HttpRequest request,
        FunctionContext context,
        CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync<SearchRequest>(request, ct);
        return body.Failure?.ToHttp() ?? (await search.RunAsync(context.Tenant(), body.Value, ct)).ToHttp();
    }

    [Function(nameof(GetRequirements))]
    [Require(Role.Operator, Scope.Telephony)]
    [Describe(
        "Returns the requirements for buying a number, or any number of a type in a country.",
        Request = typeof(RequirementsRequest),
        Response = typeof(PurchaseRequirements))]
    public async Task<IResult> Requirements(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/telephony/requirements")] HttpRequest request,
        FunctionContext context,
        CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync<RequirementsRequest>(request, ct);
        return body.Failure?.ToHttp() ?? (await requirements.RunAsync(context.Tenant(), body.Value, ct)).ToHttp();
    }
}
