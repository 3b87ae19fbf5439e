using System.Text;

namespace EndToEnd.Tests.Malformed;

/// <summary>How the client ends a request.</summary>
internal enum RequestEnd
{
    /// <summary>The client continues with the next request.</summary>
    Next,

    /// <summary>The client closes the connection after this answer.</summary>
    Last,

    /// <summary>The client stops sending before the answer: the announced rest never arrives.</summary>
    HalfClosed,

    /// <summary>The client resets the connection in the middle of the body.</summary>
    Gone,
}

/// <summary>A request to which faults are applied. Text of the head has one character for each byte.</summary>
internal sealed class RequestSpec(DocumentedRoute route, RequestContext world)
{
    // Slightly below the limits of the web server: 8 KB, 100 headers and 32 KB.
    private const int LongestTarget = 8_000;
    private const int MostHeaders = 95;
    private const int LargestHead = 32_000;

    public DocumentedRoute Route => route;

    public RequestContext World => world;

    public string Method { get; set; } = route.Method;

    public string Path { get; set; } = route.Template;

    /// <summary>Query without the question mark; null: no query.</summary>
    public string? Query { get; set; }

    public string Version { get; set; } = "HTTP/1.1";

    public List<(string Name, string Value)> Headers { get; } = [("Host", world.Host)];

    /// <summary>Body of the request; null: no body.</summary>
    public byte[]? Body { get; set; }

    /// <summary>The fault sets the length headers of the body itself.</summary>
    public bool FramesItself { get; set; }

    /// <summary>The raw head, which replaces all properties above; null: the head is built from them.</summary>
    public string? Head { get; set; }

    /// <summary>The request may address another route, or none.</summary>
    public bool IsElsewhere { get; set; }

    /// <summary>The web server may refuse the request before the app receives it.</summary>
    public bool IsForServer { get; set; }

    /// <summary>The bytes after the head may look like further requests.</summary>
    public bool MaySeemMany { get; set; }

    public RequestEnd Ending { get; set; }

    /// <summary>Faults that the web server accepts one by one may exceed its limits together.</summary>
    public bool IsTooMuchForServer => Path.Length == 0 || Path.Contains("%00", StringComparison.Ordinal)
        || Path.Length + (Query?.Length ?? 0) > LongestTarget || Headers.Count > MostHeaders
            || Headers.Sum(header => header.Name.Length + header.Value.Length + 4) > LargestHead;

    public List<string> Faults { get; } = [];

    public void Set(string name, string value)
    {
        Headers.RemoveAll(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        Headers.Add((name, value));
    }

    public void Remove(string name) => Headers.RemoveAll(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Marks the request as one that the web server may refuse, after which it closes the connection.</summary>
    public void ForServer(RequestEnd ending = RequestEnd.Last)
    {
        IsForServer = true;
        Ending = ending;
    }

    public byte[] ToBytes()
    {
        var head = Encoding.Latin1.GetBytes(Head ?? BuildHead());
        return Body is null ? head : [.. head, .. Body];
    }

    private string BuildHead()
    {
        var text = new StringBuilder($"{Method} {Path}");
        // The last dryRun counts: whatever the query contains, nothing is stored.
        var query = route.CanBeTried && Method != "GET" ? $"{(Query is null ? "" : Query + "&")}dryRun=true" : Query;
        text.Append(query is null ? "" : $"?{query}").Append(' ').Append(Version).Append("\r\n");
        foreach (var (name, value) in Headers)
        {
            text.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        if (!FramesItself && (Body is not null || Method is "POST" or "PUT"))
        {
            text.Append("Content-Length: ").Append(Body?.Length ?? 0).Append("\r\n");
        }

        return text.Append("\r\n").ToString();
    }
}

/// <summary>One way to make a request invalid.</summary>
internal sealed record Fault(string Name, Action<RequestSpec, SeededChoices> Apply);

/// <summary>The values from which requests are built.</summary>
/// <param name="Host">Host and port of the app.</param>
/// <param name="Keys">Valid API keys.</param>
/// <param name="Tokens">Valid access tokens. The first belongs to an owner.</param>
/// <param name="AccountSid">An account whose correctly signed webhooks are accepted.</param>
/// <param name="Ids">Ids of existing rows.</param>
/// <param name="AlwaysWork">Names of routes that do their work for any input.</param>
internal sealed record RequestContext(
    string Host, IReadOnlyList<string> Keys, IReadOnlyList<string> Tokens, string AccountSid, IReadOnlyList<Guid> Ids,
    IReadOnlySet<string> AlwaysWork);
