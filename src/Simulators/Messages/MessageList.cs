using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Relais.Simulators;

/// <summary>GET Messages.json: newest first, filtered, a page at a time.</summary>
internal sealed class MessageList(Simulation simulation)
{
    public async Task WriteAsync(HttpContext http, SimulatedAccount account)
    {
        var query = http.Request.Query;
        var size = Math.Clamp(Number(query["PageSize"], 50), 1, 1000);
        var page = Math.Max(0, Number(query["Page"], 0));
        var before = query["PageToken"].ToString() is ['P', 'A', .. var sid] ? simulation.Store.Find(account.Sid, sid)?.Number : null;
        var found = Candidates(query)
            .Where(message => message.Sender.Account.Sid == account.Sid && (before is null || message.Number < before) && Matches(message, query))
            .Take(size + 1)
            .ToList();
        var isLast = found.Count <= size;
        var shown = isLast ? found : found[..size];
        http.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter, MessageJson.Options);
        json.WriteStartObject();
        json.WriteStartArray("messages");
        foreach (var message in shown)
        {
            MessageJson.Write(json, message);
        }

        json.WriteEndArray();
        WriteEnvelope(json, http.Request, page, size, shown, isLast);
        json.WriteEndObject();
    }

    private IEnumerable<Message> Candidates(IQueryCollection query)
    {
        var to = query["To"].ToString();
        var from = query["From"].ToString();
        var list = simulation.Store.MessagesOf(to);
        if (list.Count == 0)
        {
            list = simulation.Store.MessagesOf(from);
        }

        return (list.Count == 0 ? simulation.Store.All() : list).Reverse();
    }

    private static bool Matches(Message message, IQueryCollection query)
    {
        // a message that waits in the queue has no date sent yet; it is found by the date it was created
        var at = message.SentAt ?? message.CreatedAt;
        return !message.IsDeleted
            && (query["To"].ToString() is not { Length: > 0 } to || to == message.To)
            && (query["From"].ToString() is not { Length: > 0 } from || from == message.From)
            && (Time(query["DateSent"]) is not { } day || at.UtcDateTime.Date == day.UtcDateTime.Date)
            && (Time(query["DateSent<"]) is not { } latest || Truncated(at) <= latest)
            && (Time(query["DateSent>"]) is not { } earliest || Truncated(at) >= earliest);
    }

    private static void WriteEnvelope(Utf8JsonWriter json, HttpRequest request, int page, int size, List<Message> shown, bool isLast)
    {
        var filters = string.Concat(request.Query.Where(pair => pair.Key is not ("Page" or "PageToken" or "PageSize"))
            .Select(pair => $"&{WebUtility.UrlEncode(pair.Key)}={WebUtility.UrlEncode(pair.Value.ToString())}"));
        string Link(int number, string token) => $"{request.Path}?PageSize={size}{filters}&Page={number}{token}";
        json.WriteString("first_page_uri", Link(0, ""));
        json.WriteString("next_page_uri", isLast ? null : Link(page + 1, "&PageToken=PA" + shown[^1].Sid));
        json.WriteString("previous_page_uri", page == 0 || shown.Count == 0 ? null : Link(page - 1, "&PageToken=PB" + shown[0].Sid));
        json.WriteNumber("page", page);
        json.WriteNumber("page_size", size);
        json.WriteNumber("start", page * size);
        json.WriteNumber("end", (page * size) + Math.Max(0, shown.Count - 1));
        json.WriteString("uri", request.Path + request.QueryString);
    }

    private static DateTimeOffset Truncated(DateTimeOffset time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond), time.Offset);

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private static int Number(string? text, int absent) => int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : absent;
}
