using System.Collections.Concurrent;
using System.Text;
using Relais.Conformance.Json;
using Relais.Conformance.Wire;

namespace Relais.Conformance;

/// <summary>The app under test, called over HTTP.</summary>
internal sealed partial class App(Uri address, string key, QueueStore queues)
{
    internal static readonly (string Name, string Value) JsonType = ("Content-Type", "application/json");
    private readonly ConcurrentDictionary<string, int> ids = new();

    internal Uri Address { get; } = address;

    internal string Key { get; } = key;

    internal string Run { get; } = "cf" + Guid.NewGuid().ToString("N")[..8];

    internal QueueStore Queues { get; } = queues;

    /// <summary>A new readable id. The normaliser removes its run prefix.</summary>
    internal string Id(string name)
    {
        var n = ids.AddOrUpdate(name, 1, (_, last) => last + 1);
        return $"{Run}-{name}{(n == 1 ? "" : $"-{n}")}";
    }

    internal Task<Reply> GetAsync(string path, params (string Name, string Value)[] headers) =>
        RawAsync("GET", "/api/" + path, null, headers);

    internal Task<Reply> SendAsync(string method, string path, byte[]? body = null, params (string Name, string Value)[] headers) =>
        RawAsync(method, "/api/" + path, body, headers);

    internal Task<Reply> SendAsync(string method, string path, string body, params (string Name, string Value)[] headers) =>
        SendAsync(method, path, Encoding.UTF8.GetBytes(body), headers);

    internal async Task<Reply> RawAsync(string method, string path, byte[]? body = null, params (string Name, string Value)[] headers)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(100));
        using var connection = await Connection.OpenAsync(Address, limit.Token);
        return await connection.SendAsync(method, Request(method, path, body, headers), limit.Token);
    }

    internal byte[] Request(string method, string path, byte[]? body = null, params (string Name, string Value)[] headers)
    {
        var names = headers.Select(header => header.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var request = new StringBuilder($"{method} {Address.AbsolutePath.TrimEnd('/')}{path} HTTP/1.1\r\n");
        request.Append(names.Contains("host") ? "" : $"Host: {Address.Authority}\r\n");
        request.Append(
            body is null || names.Contains("content-length") || names.Contains("transfer-encoding")
                ? ""
                : $"Content-Length: {body.Length}\r\n");
        foreach (var (name, value) in headers)
        {
            request.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        return [.. Encoding.Latin1.GetBytes(request.Append("\r\n").ToString()), .. body ?? []];
    }

    /// <summary>Reads the values that functions of the app have recorded under a key.</summary>
    internal async Task<Fields> RecordAsync(string key) => (await GetAsync("rec/" + key)).Object();

    internal async Task<List<object?>> RecordedAsync(string key) => (await RecordAsync(key)).Items("items");

    internal async Task<List<object?>> RecordedAsync(string key, int count, double timeout = 30)
    {
        var end = Clock.In(timeout);
        while (true)
        {
            var items = await RecordedAsync(key);
            if (items.Count >= count || end.Passed)
            {
                return items;
            }

            await Clock.Seconds(0.2);
        }
    }

    internal Task<Reply> ClearAsync(string key) => SendAsync("DELETE", "recclear/" + key);
}
