using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Relais.Access;
using Relais.Platform.Http;

namespace Relais.WhatsAppSenders;

/// <summary>The HTTP functions for WhatsApp senders.</summary>
internal sealed class WhatsAppFunctions(
    ListWhatsAppSenders list, SyncWhatsAppSenders sync, ChangeWhatsAppProfile profile, ConnectWhatsAppSender connect,
    RetireWhatsAppSender retire, RestoreWhatsAppSender restore)
{
    [Function(nameof(ListWhatsAppSenders))]
    [Require(Role.Viewer, Scope.Telephony)]
    [Describe("Lists the WhatsApp senders with status, quality, limit, profile and webhooks, as of the last synchronisation.",
        Response = typeof(ListWhatsAppSenders.Output), Query = ["retired:boolean"])]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/telephony/whatsapp-senders")] HttpRequest request,
        FunctionContext context, CancellationToken ct)
    {
        var retired = QueryFlag.Parse(request, "retired");
        return retired.Failure?.ToHttp() ?? HttpResponses.Ok(await list.RunAsync(context.Tenant(), retired.Value, ct));
    }

    [Function(nameof(SyncWhatsAppSenders))]
    [Require(Role.Operator, Scope.Telephony)]
    [Describe("Synchronises the senders with the provider now, and adds senders that were registered there.",
        Response = typeof(SyncWhatsAppSenders.Output))]
    public async Task<IResult> Sync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/telephony/whatsapp-senders/sync")] HttpRequest request,
        FunctionContext context, CancellationToken ct) =>
        (await sync.RunAsync(context.Tenant(), context.Caller().Actor, ct)).ToHttp();

    [Function(nameof(ChangeWhatsAppProfile))]
    [Require(Role.Owner, Scope.Telephony)]
    [Describe("Changes the business profile; the provider applies the change later.",
        Request = typeof(ProfileRequest), Response = typeof(WhatsAppSenderView), Status = StatusCodes.Status202Accepted)]
    public async Task<IResult> Profile(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/telephony/whatsapp-senders/{senderId}/profile")] HttpRequest request,
        string senderId, FunctionContext context, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync<ProfileRequest>(request, ct);
        return body.Failure?.ToHttp()
            ?? (await profile.RunAsync(context.Caller(), RouteId.Parse(senderId), body.Value, ct)).ToHttp(Accepted);
    }

    [Function(nameof(ConnectWhatsAppSender))]
    [Require(Role.Owner, Scope.Telephony)]
    [Describe("Sets the sender's webhooks to this installation, and verifies that the provider has applied them.",
        Response = typeof(ConnectWhatsAppSender.Output))]
    public async Task<IResult> Connect(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/telephony/whatsapp-senders/{senderId}/webhooks")]
        HttpRequest request, string senderId, FunctionContext context, CancellationToken ct) =>
        (await connect.RunAsync(context.Caller(), RouteId.Parse(senderId), ct)).ToHttp();

    [Function(nameof(RetireWhatsAppSender))]
    [Require(Role.Owner, Scope.Telephony)]
    [Describe("Retires a sender; it stays registered at Twilio.", Request = typeof(RetireRequest), Response = typeof(WhatsAppSenderView))]
    public async Task<IResult> Retire(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/telephony/whatsapp-senders/{senderId}/retire")] HttpRequest request,
        string senderId, FunctionContext context, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync<RetireRequest>(request, ct);
        return body.Failure?.ToHttp() ?? (await retire.RunAsync(context.Caller(), RouteId.Parse(senderId), body.Value, ct)).ToHttp();
    }

    [Function(nameof(RestoreWhatsAppSender))]
    [Require(Role.Owner, Scope.Telephony)]
    [Describe("Puts a retired sender back into use, if the account still has it.", Response = typeof(WhatsAppSenderView))]
    public async Task<IResult> Restore(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/telephony/whatsapp-senders/{senderId}/restore")] HttpRequest request,
        string senderId, FunctionContext context, CancellationToken ct) =>
        (await restore.RunAsync(context.Caller(), RouteId.Parse(senderId), ct)).ToHttp();

    private static IResult Accepted(WhatsAppSenderView view) =>
        Results.Json(view, Json.Options, statusCode: StatusCodes.Status202Accepted);
}
