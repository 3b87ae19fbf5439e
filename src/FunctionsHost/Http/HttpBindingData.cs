namespace FunctionsHost;

/// <summary>The trigger metadata of a request: members of a JSON body, then query values, then route values; the last one counts.</summary>
internal static class HttpBindingData
{
    /// <summary>A body has to be in memory to be bound by name, so a larger one is not; the function reads it itself.</summary>
    private const int LargestBody = 1024 * 1024;

    public static async Task AddAsync(HttpContext context, InvocationRequest to)
    {
        var data = new Dictionary<string, TypedData>(StringComparer.OrdinalIgnoreCase);
        var request = context.Request;
        if (request.ContentLength is > 0 and <= LargestBody || (request.ContentLength is null && request.HasJsonContentType()))
        {
            data.AddMembers(await ReadAsync(request, context.RequestAborted));
        }

        var query = request.Query.ToDictionary(pair => pair.Key, pair => pair.Value[^1] ?? "");
        foreach (var (name, value) in query.Where(pair => !pair.Key.Equals("code", StringComparison.OrdinalIgnoreCase)))
        {
            data[name] = TypedValues.From(value);
        }

        data["Query"] = TypedValues.From(query);
        data["Headers"] = TypedValues.From(request.Headers.ToDictionary(pair => pair.Key, pair => pair.Value.ToString()));
        foreach (var (name, value) in request.RouteValues.Where(pair => pair.Value is not null))
        {
            data[name] = TypedValues.From(value!.ToString());
        }

        to.TriggerMetadata.Add(data);
    }

    /// <summary>The text of a body that may be a JSON object, else an empty one. The body is forwarded from its start afterwards.</summary>
    private static async Task<string> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        var pipe = PipeReader.Create(request.Body);
        var read = (await pipe.ReadAtLeastAsync((int)(request.ContentLength ?? LargestBody), ct)).Buffer;
        var text = read.FirstSpan.TrimStart(" \t\r\n"u8) is [(byte)'{', ..] ? Encoding.UTF8.GetString(read) : "";
        pipe.AdvanceTo(read.Start);
        request.Body = pipe.AsStream();
        return text;
    }
}
