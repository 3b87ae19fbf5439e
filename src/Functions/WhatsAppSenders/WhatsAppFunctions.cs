using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Relais.Access;
using Relais.Platform.Http;

namespace Relais.WhatsAppSenders;

internal sealed class WhatsAppFunctions(
    ListWhatsAppSenders list, SyncWhatsAppSenders sync, ChangeWhatsAppProfile profile, ConnectWhatsAppSender connect, RetireWhatsAppSender retire, RestoreWhatsAppSender restore)
{
    [Function(nameof(ListWhatsAppSenders))]
    [Require(Role.Viewer, Scope.Telephony)]
    [Describe("WhatsApp senders with status, quality, limit, profile and webhooks, as the provider had them when last asked.", Response = typeof(ListWhatsAppSenders.Output), Query = ["retired:boolean"])]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/telephony/whatsapp-senders")] HttpRequest request, FunctionContext context, CancellationToken ct)
    {
        var retired = QueryFlag.Parse(request, "retired");
        return retired.Failure?.ToHttp() ?? HttpAnswers.Ok(await list.RunAsync(context.Tenant(), retired.Value, ct));
    }

    [Function(nameof(SyncWhatsAppSenders))]
    [Require(Role.Operator, Scope.Telephony)]
    [Describe("Asks the provider now; senders registered elsewhere appear.", Response = typeof(SyncWhatsAppSenders.Output))]
    public async Task<IResult> Sync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/telephony/whatsapp-senders/sync")] HttpRequest request, FunctionContext context, CancellationToken ct) =>
        (await sync.RunAsync(context.Tenant(), context.Caller().Actor, ct)).ToHttp();

    [Function(nameof(ChangeWhatsAppProfile))]
    [Require(Role.Owner, Scope.Telephony)]
    [Describe("Changes the business profile; the provider applies it later.", Request = typeof(ProfileRequest), Response = typeof(WhatsAppSenderView), Status = StatusCodes.Status202Accepted)]
    public async Task<IResult> Profile(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/telephony/whatsapp-senders/{senderId}/profile")] HttpRequest request, string senderId,
        FunctionContext context, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync<ProfileRequest>(request, ct);
        return body.Failure?.ToHttp()
            ?? (await profile.RunAsync(context.Caller(), RouteId.Parse(senderId), body.Value, ct)).ToHttp(view => Results.Json(view, Json.Options, statusCode: StatusCodes.Status202Accepted));
    }

    [Function(nameof(ConnectWhatsAppSender))]
    [Require(Role.Owner, Scope.Telephony)]
    [Describe("Points the sender's webhooks at this installation and verifies what the provider holds.", Response = typeof(ConnectWhatsAppSender.Output))]
    public async Task<IResult> Connect(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/telephony/whatsapp-senders/{senderId}/webhooks")] HttpRequest request, string senderId,
        FunctionContext context, CancellationToken ct) =>
        (await connect.RunAsync(context.Caller(), RouteId.Parse(senderId), ct)).ToHttp();

    [Function(nameof(RetireWhatsAppSender))]
    [Require(Role.Owner, Scope.Telephony)]
    [Describe("Takes a sender out of use; at Twilio it stays.", Request = typeof(RetireRequest), Response = typeof(WhatsAppSenderView))]
    public async Task<IResult> Retire(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/telephony/whatsapp-senders/{senderId}/retire")] HttpRequest request, string senderId,
        FunctionContext context, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync<RetireRequest>(request, ct);
        return body.Failure?.ToHttp() ?? (await retire.RunAsync(context.Caller(), RouteId.Parse(senderId), body.Value, ct)).ToHttp();
    }

    [Function(nameof(RestoreWhatsAppSender))]
    [Require(Role.Owner, Scope.Telephony)]
    [Describe("Takes a retired sender into use again, where the account still has it.", Response = typeof(WhatsAppSenderView))]
    public async Task<IResult> Restore(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/telephony/whatsapp-senders/{senderId}/restore")] HttpRequest request, string senderId,
        FunctionContext context, CancellationToken ct) =>
        (await restore.RunAsync(context.Caller(), RouteId.Parse(senderId), ct)).ToHttp();
}
