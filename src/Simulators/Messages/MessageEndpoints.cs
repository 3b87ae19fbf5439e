using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Relais.Simulators;

/// <summary>The endpoints of the Messages resource of the 2010 API.</summary>
internal sealed class MessageEndpoints(Simulation simulation, RestRequestCheck gate)
{
    private const string Root = "/2010-04-01/Accounts/{account}";

    private readonly MessageList list = new(simulation);
    private readonly PostMessage post = new(simulation);

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapPost(Root + "/Messages.json", http => WithAccountAsync(http, account => post.HandleAsync(http, account)));
        app.MapGet(Root + "/Messages.json", http => WithAccountAsync(http, account => list.WriteAsync(http, account)));
        app.MapGet(Root + "/Messages/{sid}.json", http => WithMessageAsync(http, message => WriteAsync(http, message)));
        app.MapPost(Root + "/Messages/{sid}.json", http => WithMessageAsync(http, message => UpdateAsync(http, message)));
        app.MapDelete(Root + "/Messages/{sid}.json", http => WithMessageAsync(http, message => DeleteAsync(http, message)));
    }

    /// <summary>Writes the message as JSON into the answer.</summary>
    internal static async Task WriteAsync(HttpContext http, Message message)
    {
        http.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter, MessageJson.Options);
        MessageJson.Write(json, message);
    }

    private Task WithAccountAsync(HttpContext http, Func<SimulatedAccount, Task> next)
    {
        var (account, fault) = gate.Authenticate(http);
        return account is null ? fault!.WriteAsync(http) : next(account);
    }

    private Task WithMessageAsync(HttpContext http, Func<Message, Task> next) => WithAccountAsync(http, account =>
    {
        var sid = http.GetRouteValue("sid") as string ?? "";
        return simulation.Messages.Find(account.Sid, sid) is { IsDeleted: false } message
            ? next(message)
            : TwilioFault.NotFound(http.Request.Path).WriteAsync(http);
    });

    private async Task UpdateAsync(HttpContext http, Message message)
    {
        var form = await http.Request.ReadFormAsync();
        if (form["Status"] == "canceled"
            && (message.Status != MessageStatus.Scheduled || !simulation.Messages.SetStatus(message, MessageStatus.Canceled, 0)))
        {
            await TwilioFault.BadRequest(30409, "Message cannot be canceled").WriteAsync(http);
            return;
        }

        if (form.TryGetValue("Body", out var body))
        {
            if (body.ToString().Length > 0)
            {
                await TwilioFault.BadRequest(20422, "Body can only be updated to empty").WriteAsync(http);
                return;
            }

            message.Body = "";
        }

        await WriteAsync(http, message);
    }

    private static Task DeleteAsync(HttpContext http, Message message)
    {
        if (!message.Status.IsFinal() && message.Status is not (MessageStatus.Sent or MessageStatus.Delivered))
        {
            return new TwilioFault(20009, 409, "Cannot delete this resource before it is complete").WriteAsync(http);
        }

        (message.Body, message.IsDeleted) = ("", true);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
