using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Microsoft.Azure.Functions.Worker.Http;

/// <summary>Query and route values by name, made when somebody asks: most functions never do.</summary>
internal sealed class HttpBindingData(HttpContext http) : IReadOnlyDictionary<string, object?>
{
    private Dictionary<string, object?>? values;

    public int Count => Values.Count;
    public IEnumerable<string> Keys => Values.Keys;
    IEnumerable<object?> IReadOnlyDictionary<string, object?>.Values => Values.Values;
    public object? this[string key] => Values[key];

    private Dictionary<string, object?> Values => values ??= Read(http.Request);

    public bool ContainsKey(string key) => Values.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object? value) => Values.TryGetValue(key, out value);

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static Dictionary<string, object?> Read(HttpRequest request)
    {
        var query = request.Query.ToDictionary(q => q.Key, q => q.Value.Count > 0 ? q.Value[^1] : "");
        var headers = request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString());
        var values = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Query"] = JsonSerializer.Serialize(query),
            ["Headers"] = JsonSerializer.Serialize(headers),
        };
        foreach (var (key, value) in query)
        {
            values[key] = value;
        }

        foreach (var (key, value) in request.RouteValues.Where(v => v.Value is not null))
        {
            values[key] = value;
        }

        return values;
    }
}
