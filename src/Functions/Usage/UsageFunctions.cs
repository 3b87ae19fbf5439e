using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Relais.Access;
using Relais.Platform.Http;
using Relais.Usage.Budget;

namespace Relais.Usage;

/// <summary>The HTTP functions for usage and budget.</summary>
internal sealed class UsageFunctions(
    GetUsage get, RefreshUsage refresh, GetBudget getBudget, ChangeBudget changeBudget, ListBudgetAlerts alerts)
{
    [Function(nameof(GetUsage))]
    [Require(Role.Viewer, Scope.Telephony)]
    [Describe("Returns a month's messages, their estimated cost, the provider's billing, and the budget.",
        Response = typeof(UsageView), Query = ["month"])]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/telephony/usage")] HttpRequest request,
        FunctionContext context, CancellationToken ct) =>
        (await get.RunAsync(context.Tenant(), request.Query["month"].LastOrDefault(), ct)).ToHttp();

    [Function(nameof(RefreshUsage))]
    [Require(Role.Operator, Scope.Telephony)]
    [Describe("Reads the billing and the balance from the provider now.", Response = typeof(UsageView))]
    public async Task<IResult> Refresh(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/telephony/usage/refresh")] HttpRequest request,
        FunctionContext context, CancellationToken ct) =>
        (await refresh.RunAsync(context.Tenant(), ct)).ToHttp();

    [Function(nameof(GetBudget))]
    [Require(Role.Viewer, Scope.Telephony)]
    [Describe("Returns the monthly budget.", Response = typeof(BudgetRequest))]
    public async Task<IResult> Budget(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/telephony/budget")] HttpRequest request,
        FunctionContext context, CancellationToken ct) =>
        HttpResponses.Ok(await getBudget.RunAsync(context.Tenant(), ct));

    [Function(nameof(ChangeBudget))]
    [Require(Role.Owner, Scope.Telephony)]
    [Describe("Sets or removes the monthly budget.", Request = typeof(BudgetRequest), Response = typeof(BudgetRequest))]
    public async Task<IResult> ChangeBudget(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/telephony/budget")] HttpRequest request,
        FunctionContext context, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync<BudgetRequest>(request, ct);
        return body.Failure?.ToHttp() ?? (await changeBudget.RunAsync(context.Caller(), body.Value, ct)).ToHttp();
    }

    [Function(nameof(ListBudgetAlerts))]
    [Require(Role.Viewer, Scope.Telephony)]
    [Describe("Lists the budget levels that were reached, newest first.", Response = typeof(ListBudgetAlerts.Output))]
    public async Task<IResult> Alerts(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/telephony/alerts")] HttpRequest request,
        FunctionContext context, CancellationToken ct) =>
        HttpResponses.Ok(await alerts.RunAsync(context.Tenant(), ct));
}
