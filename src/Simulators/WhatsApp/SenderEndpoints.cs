using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Relais.Simulators;

/// <summary>The endpoints /v2/Channels/Senders of messaging.twilio.com, for WhatsApp senders.</summary>
internal sealed partial class SenderEndpoints(Simulation simulation, RestRequestCheck gate)
{
    private const string Host = "messaging.twilio.com";
    private const string Senders = "/v2/Channels/Senders";

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(Senders, gate.Of(RestOperations.SendersList, List));
        app.MapPost(Senders, gate.Of(RestOperations.SendersCreate, CreateAsync));
        app.MapGet(Senders + "/{sid}", gate.Of(RestOperations.SendersFetch, (http, account) =>
            WithSender(http, account, sender => RestAnswer.Ok(sender.Json))));
        app.MapPost(Senders + "/{sid}", gate.Of(RestOperations.SendersUpdate, UpdateAsync));
    }

    private RestAnswer List(HttpContext http, SimulatedAccount account) => http.Request.Query["Channel"].ToString() switch
    {
        "whatsapp" => RestAnswer.Ok(Paging.NewApiPage(
            http.Request, Host, "senders", [.. simulation.WhatsAppSenders.Of(account.Sid).Select(sender => (sender.Sid, sender.Json))])),
        "rcs" => RestAnswer.Ok(Paging.NewApiPage(http.Request, Host, "senders", [])),
        _ => TwilioFault.BadRequest(20422, "Channel is required: whatsapp or rcs"),
    };

    private async Task<RestAnswer> CreateAsync(HttpContext http, SimulatedAccount account)
    {
        var (body, fault) = await SenderRequest.ReadAsync(http);
        if (body is null)
        {
            return fault!;
        }

        if (account.Type == "Trial")
        {
            return new TwilioFault(20003, StatusCodes.Status403Forbidden, "Trial accounts cannot register senders");
        }

        return body["sender_id"] is JsonValue value && value.TryGetValue(out string? id) && Address().IsMatch(id)
            ? simulation.WhatsAppSenders.Create(id, account.Sid, body) is { } created
                ? RestAnswer.Accepted(created.Json)
                : TwilioFault.BadRequest(20422, "sender_id is already registered")
            : TwilioFault.BadRequest(20422, "sender_id must be whatsapp: and a phone number in E.164 format");
    }

    private async Task<RestAnswer> UpdateAsync(HttpContext http, SimulatedAccount account)
    {
        var (body, fault) = await SenderRequest.ReadAsync(http);
        return body is null
            ? fault!
            : WithSender(http, account, sender => RestAnswer.Accepted(simulation.WhatsAppSenders.Update(sender, body).Json));
    }

    private RestAnswer WithSender(HttpContext http, SimulatedAccount account, Func<SimulatedWhatsAppSender, RestAnswer> next) =>
        simulation.WhatsAppSenders.Find(account.Sid, http.GetRouteValue("sid") as string) is { } sender
            ? next(sender)
            : TwilioFault.NotFound(http.Request.Path);

    [GeneratedRegex(@"^whatsapp:\+[1-9][0-9]{6,14}$")]
    private static partial Regex Address();
}
