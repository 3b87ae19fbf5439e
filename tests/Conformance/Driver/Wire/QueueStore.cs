using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;

namespace Relais.Conformance.Wire;

internal sealed record Taken(string Raw, string? DequeueCount);

/// <summary>
/// Calls the queue service over raw HTTP. It does not use the queue package of this repository, because that package is under test.
/// </summary>
internal sealed class QueueStore(Uri endpoint, string key = QueueStore.EmulatorKey)
{
    /// <summary>The published account key of the storage emulator.</summary>
    private const string EmulatorKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private const string Version = "2021-08-06";
    private readonly string account = endpoint.AbsolutePath.Trim('/').Split('/')[0];

    internal static QueueStore From(string connectionString)
    {
        var parts = connectionString.Split(';').Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[1]);
        return new QueueStore(new Uri(parts["QueueEndpoint"]), parts["AccountKey"]);
    }

    internal async Task<bool> ExistsAsync(string queue) => (await RequestAsync("GET", "/" + queue, query: "comp=metadata")).Status == 200;

    internal Task<Reply> CreateAsync(string queue) => RequestAsync("PUT", "/" + queue);

    internal Task<int> PutAsync(string queue, string text) => PutAsync(queue, Encoding.UTF8.GetBytes(text));

    internal Task<int> PutAsync(string queue, byte[] content) => PutRawAsync(queue, Convert.ToBase64String(content));

    internal async Task<int> PutRawAsync(string queue, string text)
    {
        await CreateAsync(queue);
        var message = new XElement("QueueMessage", new XElement("MessageText", text));
        return (await RequestAsync(
            "POST", $"/{queue}/messages", Encoding.UTF8.GetBytes(message.ToString(SaveOptions.DisableFormatting)))).Status;
    }

    /// <summary>
    /// Takes the messages whose decoded text satisfies <paramref name="match"/>, in order. Waits for more messages for
    /// <paramref name="settle"/> seconds after the last expected one.
    /// </summary>
    internal async Task<List<Taken>> TakeAsync(
        string queue, Func<string, bool> match, int count = 1, double timeout = 25, double settle = 0)
    {
        var (end, taken) = (Clock.In(timeout), new List<Taken>());
        var settled = false;
        while (!end.Passed)
        {
            foreach (var message in await ReceiveAsync(queue))
            {
                var raw = message.Element("MessageText")?.Value ?? "";
                if (match(QueueText.Decode(raw).Text))
                {
                    taken.Add(new(raw, message.Element("DequeueCount")?.Value));
                    await DeleteAsync(queue, message);
                }
            }

            if (taken.Count >= count && !settled)
            {
                (settled, end) = (true, Clock.Earlier(end, Clock.In(settle)));
            }

            await Clock.Seconds(0.3);
        }

        return taken;
    }

    private async Task<IEnumerable<XElement>> ReceiveAsync(string queue)
    {
        var reply = await RequestAsync("GET", $"/{queue}/messages", query: "numofmessages=32&visibilitytimeout=1");
        return reply.Status == 200 && reply.Body.Length > 0
            ? XDocument.Load(new MemoryStream(reply.Body)).Root!.Elements("QueueMessage")
            : [];
    }

    private Task<Reply> DeleteAsync(string queue, XElement message) =>
        RequestAsync(
            "DELETE", $"/{queue}/messages/{message.Element("MessageId")!.Value}",
            query: "popreceipt=" + Uri.EscapeDataString(message.Element("PopReceipt")!.Value));

    private async Task<Reply> RequestAsync(string method, string path, byte[]? body = null, string query = "")
    {
        var date = DateTime.UtcNow.ToString("R", CultureInfo.InvariantCulture);
        var request = new StringBuilder(
            $"{method} /{account}{path}{(query == "" ? "" : "?" + query)} HTTP/1.1\r\nHost: {endpoint.Authority}\r\nConnection: close\r\n")
            .Append(
                CultureInfo.InvariantCulture, $"x-ms-date: {date}\r\nx-ms-version: {Version}\r\nContent-Length: {body?.Length ?? 0}\r\n")
            .Append(body is null ? "" : "Content-Type: application/xml\r\n")
            .Append(CultureInfo.InvariantCulture, $"Authorization: SharedKey {account}:{Sign(method, path, query, date, body)}\r\n\r\n");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var connection = await Connection.OpenAsync(endpoint, limit.Token);
        return await connection.SendAsync(method, [.. Encoding.ASCII.GetBytes(request.ToString()), .. body ?? []], limit.Token);
    }

    private string Sign(string method, string path, string query, string date, byte[]? body)
    {
        var length = body is null ? "" : body.Length.ToString(CultureInfo.InvariantCulture);
        var parameters = query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2))
            .OrderBy(pair => pair[0], StringComparer.Ordinal)
            .Select(pair => $"\n{pair[0]}:{Uri.UnescapeDataString(pair[1])}");
        var signed = string.Join(
            '\n', method, "", "", length, "", body is null ? "" : "application/xml", "", "", "", "", "", "", "x-ms-date:" + date,
            "x-ms-version:" + Version, $"/{account}/{account}{path}{string.Concat(parameters)}");
        return Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(key), Encoding.UTF8.GetBytes(signed)));
    }
}
