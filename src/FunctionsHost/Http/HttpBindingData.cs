using System.Text;
using Newtonsoft.Json;

namespace FunctionsHost;

/// <summary>The trigger metadata of a request: members of a JSON body, query values, route values; a later one replaces an earlier one.</summary>
internal static class HttpBindingData
{
    /// <summary>The body has to be in memory for this, so the members of a larger one are not bound by name; the function reads it itself.</summary>
    private const int LargestBody = 1024 * 1024;

    public static async Task AddAsync(HttpContext context, InvocationRequest to)
    {
        var data = new BindingData();
        var request = context.Request;
        if (request.ContentLength is > 0 and <= LargestBody)
        {
            data.AddMembers(await ReadAsync(request, context.RequestAborted));
        }

        foreach (var (name, values) in request.Query.Where(pair => !pair.Key.Equals("code", StringComparison.OrdinalIgnoreCase)))
        {
            data[name] = new() { String = values[^1] ?? "" };
        }

        data["Query"] = new() { Json = JsonConvert.SerializeObject(request.Query.ToDictionary(pair => pair.Key, pair => pair.Value[^1] ?? "")) };
        data["Headers"] = new() { Json = JsonConvert.SerializeObject(request.Headers.ToDictionary(pair => pair.Key, pair => pair.Value.ToString())) };
        foreach (var (name, value) in request.RouteValues)
        {
            if (value is not null)
            {
                data[name] = new() { String = value.ToString() };
            }
        }

        data.AddTo(to);
    }

    /// <summary>The text of a body that may be a JSON object, else an empty one. The body is forwarded from memory afterwards.</summary>
    private static async Task<string> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        var body = new byte[request.ContentLength!.Value];
        await request.Body.ReadExactlyAsync(body, ct);
        request.Body = new MemoryStream(body);
        return body.AsSpan().TrimStart(" \t\r\n"u8) is [(byte)'{', ..] ? Encoding.UTF8.GetString(body) : "";
    }
}
