using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Relais.Access;
using Relais.Platform.Http;

namespace Relais.Campaigns;

internal sealed class CampaignFunctions(
    CreateCampaign create, GetCampaign get, ListCampaigns list, ListRecipients recipients, GetStatistics statistics)
{
    [Function(nameof(CreateCampaign))]
    [Require(Role.Operator, Scope.Campaigns)]
    [Describe(
        "Makes a draft; nothing is sent before it is started.",
        Request = typeof(CampaignRequest), Response = typeof(CampaignView), Status = 201)]
    public async Task<IResult> Create(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/campaigns")] HttpRequest request,
        FunctionContext context,
        CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync<CampaignRequest>(request, ct);
        return body.Failure?.ToHttp()
            ?? (await create.RunAsync(context.Caller(), body.Value, ct)).ToCreated(campaign => $"/api/v1/campaigns/{campaign.Id}");
    }

    [Function(nameof(ListCampaigns))]
    [Require(Role.Viewer, Scope.Campaigns)]
    [Describe("The campaigns, newest first.", Response = typeof(ListCampaigns.Output), Query = ["after:uuid", "limit"])]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/campaigns")] HttpRequest request,
        FunctionContext context,
        CancellationToken ct)
    {
        var page = PageQuery.From(request);
        return page.Failure?.ToHttp() ?? HttpResponses.Ok(await list.RunAsync(context.Tenant(), page.Value, ct));
    }

    [Function(nameof(GetCampaign))]
    [Require(Role.Viewer, Scope.Campaigns)]
    [Describe("One campaign and how far it has come.", Response = typeof(CampaignView))]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/campaigns/{id}")] HttpRequest request,
        string id,
        FunctionContext context,
        CancellationToken ct) =>
        (await get.RunAsync(context.Tenant(), RouteId.Parse(id), ct)).ToHttp();

    [Function(nameof(ListRecipients))]
    [Require(Role.Viewer, Scope.Campaigns)]
    [Describe(
        "What became of the message to each recipient, oldest contact first.",
        Response = typeof(ListRecipients.Output), Query = ["outcome", "after:uuid", "limit"])]
    public async Task<IResult> Recipients(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/campaigns/{id}/recipients")] HttpRequest request,
        string id,
        FunctionContext context,
        CancellationToken ct)
    {
        var page = PageQuery.From(request);
        var outcome = request.Query["outcome"].LastOrDefault();
        return page.Failure?.ToHttp()
            ?? (await recipients.RunAsync(context.Tenant(), RouteId.Parse(id), outcome, page.Value, ct)).ToHttp();
    }

    [Function(nameof(GetStatistics))]
    [Require(Role.Viewer, Scope.Campaigns)]
    [Describe("Rates of delivery, reading, failure and reply, now and as they were at the end.", Response = typeof(GetStatistics.Output))]
    public async Task<IResult> Statistics(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/campaigns/{id}/statistics")] HttpRequest request,
        string id,
        FunctionContext context,
        CancellationToken ct) =>
        (await statistics.RunAsync(context.Tenant(), RouteId.Parse(id), ct)).ToHttp();
}

internal sealed class CampaignControlFunctions(StartCampaign start, PauseCampaign pause, ResumeCampaign resume, CancelCampaign cancel)
{
    [Function(nameof(StartCampaign))]
    [Require(Role.Operator, Scope.Campaigns)]
    [Describe("Freezes the recipients and begins, now or at the time that was set.", Response = typeof(CampaignState))]
    public async Task<IResult> Start(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/campaigns/{id}/start")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, FunctionContext context, CancellationToken ct) =>
        (await start.RunAsync(context.Caller(), RouteId.Parse(id), client, ct)).ToHttp();

    [Function(nameof(PauseCampaign))]
    [Require(Role.Operator, Scope.Campaigns)]
    [Describe("Stops sending within seconds, until it is resumed.", Response = typeof(CampaignState))]
    public async Task<IResult> Pause(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/campaigns/{id}/pause")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, FunctionContext context, CancellationToken ct) =>
        (await pause.RunAsync(context.Caller(), RouteId.Parse(id), client, ct)).ToHttp();

    [Function(nameof(ResumeCampaign))]
    [Require(Role.Operator, Scope.Campaigns)]
    [Describe("Goes on after a pause.", Response = typeof(CampaignState))]
    public async Task<IResult> Resume(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/campaigns/{id}/resume")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, FunctionContext context, CancellationToken ct) =>
        (await resume.RunAsync(context.Caller(), RouteId.Parse(id), client, ct)).ToHttp();

    [Function(nameof(CancelCampaign))]
    [Require(Role.Operator, Scope.Campaigns)]
    [Describe("Ends the campaign; what is not sent yet never is.", Response = typeof(CampaignState))]
    public async Task<IResult> Cancel(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/campaigns/{id}/cancel")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, FunctionContext context, CancellationToken ct) =>
        (await cancel.RunAsync(context.Caller(), RouteId.Parse(id), client, ct)).ToHttp();
}
