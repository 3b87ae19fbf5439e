using System.Globalization;
using Relais.Conformance.Json;

namespace Relais.Conformance;

/// <summary>Calls the app's endpoints for DurableTaskClient. An exception of the client is returned as data.</summary>
internal sealed partial class App
{
    internal Task<Fields> ClientAsync(string operation, params (string Name, object? Value)[] query) =>
        ClientAsync("POST", operation, null, query);

    internal Task<Fields> ReadAsync(string operation, params (string Name, object? Value)[] query) =>
        ClientAsync("GET", operation, null, query);

    internal async Task<Fields> ClientAsync(string method, string operation, string? body, params (string Name, object? Value)[] query)
    {
        var pairs = query.Where(pair => pair.Value is not null)
            .Select(pair => $"{pair.Name}={Plus(Convert.ToString(pair.Value, CultureInfo.InvariantCulture)!)}").ToList();
        var path = $"d/{operation}{(pairs.Count == 0 ? "" : "?" + string.Join('&', pairs))}";
        var reply = body is null ? await SendAsync(method, path) : await SendAsync(method, path, body);
        return reply.Status == 200 ? reply.Object() : new Fields { ["http"] = reply.Status };
    }

    internal Task<Fields> StartAsync(string name, object? input = null, string? id = null, double? after = null) =>
        ClientAsync("POST", "start/" + name, input is null ? null : JsonText.Write(input, ascii: false), ("id", id), ("after", after));

    internal Task<Fields> RaiseAsync(string id, string name, object? payload) =>
        ClientAsync("POST", "raise", JsonText.Write(payload), ("id", id), ("name", name));

    internal Task<Fields> TerminateAsync(string id, string? output = null) => ClientAsync("POST", "terminate", output, ("id", id));

    internal async Task<Fields?> MetaAsync(string id, int? io = null) =>
        (Fields?)(await ReadAsync("get", ("id", id), ("io", io))).Get("value");

    internal async Task<object?> StatusAsync(string id) => (await MetaAsync(id))?["status"];

    internal Task<Fields?> CompletedAsync(string id, double timeout = 90) => UntilAsync(id, meta => meta.Is("completed"), timeout, 0.25);

    internal Task<Fields?> RunningAsync(string id) => UntilAsync(id, meta => meta.Text("status") != "Pending");

    internal Task<Fields?> UntilAsync(string id, Func<Fields, bool> reached, double timeout = 30, double pause = 0.15) =>
        UntilAsync(id, meta => Task.FromResult(reached(meta)), timeout, pause);

    internal async Task<Fields?> UntilAsync(string id, Func<Fields, Task<bool>> reached, double timeout = 30, double pause = 0.15)
    {
        // The recorded host had a machine for itself. A test machine may be busy with other tests.
        var end = Clock.In(timeout * 3);
        while (true)
        {
            var meta = await MetaAsync(id);
            if ((meta is not null && await reached(meta)) || end.Passed)
            {
                return meta;
            }

            await Clock.Seconds(pause);
        }
    }

    /// <summary>Starts an orchestration, waits for its end and returns its metadata.</summary>
    internal async Task<Fields?> GoAsync(string name, object? input = null, double timeout = 90, string? label = null)
    {
        var id = Id(label ?? name);
        var start = await StartAsync(name, input, id);
        return start.ContainsKey("value") ? Views.Meta(await CompletedAsync(id, timeout)) : Views.Call(start);
    }

    private static string Plus(string value) => Uri.EscapeDataString(value).Replace("%20", "+", StringComparison.Ordinal);
}
