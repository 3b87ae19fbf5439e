using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Relais.Simulators;

/// <summary>Answers GET Messages.json with a page of the messages that match the filters, newest first.</summary>
internal sealed class MessageList(Simulation simulation)
{
    public async Task WriteAsync(HttpContext http, SimulatedAccount account)
    {
        var query = http.Request.Query;
        var size = Math.Clamp(ParseNumber(query["PageSize"], 50), 1, 1000);
        var page = Math.Max(0, ParseNumber(query["Page"], 0));
        var before = query["PageToken"].ToString() is ['P', 'A', .. var sid]
            ? simulation.Messages.Find(account.Sid, sid)?.Number
            : null;
        var found = Candidates(query)
            .Where(message => message.Sender.Account.Sid == account.Sid
                && (before is null || message.Number < before)
                && Matches(message, query))
            .Take(size + 1)
            .ToList();
        var isLast = found.Count <= size;
        var items = isLast ? found : found[..size];
        http.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter, MessageJson.Options);
        json.WriteStartObject();
        json.WriteStartArray("messages");
        foreach (var message in items)
        {
            MessageJson.Write(json, message);
        }

        json.WriteEndArray();
        WriteEnvelope(json, http.Request, page, size, items, isLast);
        json.WriteEndObject();
    }

    private IEnumerable<Message> Candidates(IQueryCollection query)
    {
        var to = query["To"].ToString();
        var from = query["From"].ToString();
        var list = simulation.Messages.MessagesOf(to);
        if (list.Count == 0)
        {
            list = simulation.Messages.MessagesOf(from);
        }

        return (list.Count == 0 ? simulation.Messages.All() : list).Reverse();
    }

    private static bool Matches(Message message, IQueryCollection query)
    {
        // A queued message has no date sent yet: the filters use the date on which it was created.
        var sentAt = message.SentAt ?? message.CreatedAt;
        return !message.IsDeleted
            && (query["To"].ToString() is not { Length: > 0 } to || to == message.To)
            && (query["From"].ToString() is not { Length: > 0 } from || from == message.From)
            && (ParseTime(query["DateSent"]) is not { } day || sentAt.UtcDateTime.Date == day.UtcDateTime.Date)
            && (ParseTime(query["DateSent<"]) is not { } latest || TruncateToSecond(sentAt) <= latest)
            && (ParseTime(query["DateSent>"]) is not { } earliest || TruncateToSecond(sentAt) >= earliest);
    }

    private static void WriteEnvelope(Utf8JsonWriter json, HttpRequest request, int page, int size, List<Message> items, bool isLast)
    {
        var filters = string.Concat(request.Query.Where(pair => pair.Key is not ("Page" or "PageToken" or "PageSize"))
            .Select(pair => $"&{WebUtility.UrlEncode(pair.Key)}={WebUtility.UrlEncode(pair.Value.ToString())}"));
        string Link(int number, string token) => $"{request.Path}?PageSize={size}{filters}&Page={number}{token}";
        json.WriteString("first_page_uri", Link(0, ""));
        json.WriteString("next_page_uri", isLast ? null : Link(page + 1, "&PageToken=PA" + items[^1].Sid));
        json.WriteString("previous_page_uri", page == 0 || items.Count == 0 ? null : Link(page - 1, "&PageToken=PB" + items[0].Sid));
        json.WriteNumber("page", page);
        json.WriteNumber("page_size", size);
        json.WriteNumber("start", page * size);
        json.WriteNumber("end", (page * size) + Math.Max(0, items.Count - 1));
        json.WriteString("uri", request.Path + request.QueryString);
    }

    private static DateTimeOffset TruncateToSecond(DateTimeOffset time) =>
        new(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond), time.Offset);

    private static DateTimeOffset? ParseTime(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private static int ParseNumber(string? text, int defaultValue) =>
        int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : defaultValue;
}
