using System.Text;

namespace EndToEnd.Tests.Malformed;

/// <summary>How the client ends a request.</summary>
internal enum RequestEnd
{
    /// <summary>It goes on with the next one.</summary>
    Next,

    /// <summary>The answer is the last one on the connection.</summary>
    Last,

    /// <summary>It says no more before it has the answer: what it announced never comes.</summary>
    HalfClosed,

    /// <summary>It is gone in the middle of the body.</summary>
    Gone,
}

/// <summary>A request that is being made wrong. Text of the head has one character for each byte.</summary>
internal sealed class RequestSpec(DocumentedRoute route, RequestContext world)
{
    // somewhat below what the web server takes: 8 KB, 100 and 32 KB
    private const int LongestTarget = 8_000;
    private const int MostHeaders = 95;
    private const int LargestHead = 32_000;

    public DocumentedRoute Route => route;

    public RequestContext World => world;

    public string Method { get; set; } = route.Method;

    public string Path { get; set; } = route.Template;

    /// <summary>Without the question mark; null: none.</summary>
    public string? Query { get; set; }

    public string Version { get; set; } = "HTTP/1.1";

    public List<(string Name, string Value)> Headers { get; } = [("Host", world.Host)];

    /// <summary>Null: none.</summary>
    public byte[]? Body { get; set; }

    /// <summary>The faults say themselves how long the body is.</summary>
    public bool FramesItself { get; set; }

    /// <summary>The head as it is sent, in the place of all the above.</summary>
    public string? Head { get; set; }

    /// <summary>The request may be for another route, or for none.</summary>
    public bool IsElsewhere { get; set; }

    /// <summary>The web server may refuse it before the app sees it.</summary>
    public bool IsForServer { get; set; }

    /// <summary>What follows the head may look like further requests.</summary>
    public bool MaySeemMany { get; set; }

    public RequestEnd Ending { get; set; }

    /// <summary>Faults that are bearable one by one may not be together.</summary>
    public bool IsTooMuchForServer => Path.Length == 0 || Path.Contains("%00", StringComparison.Ordinal)
        || Path.Length + (Query?.Length ?? 0) > LongestTarget || Headers.Count > MostHeaders || Headers.Sum(header => header.Name.Length + header.Value.Length + 4) > LargestHead;

    public List<string> Faults { get; } = [];

    public void Set(string name, string value)
    {
        Headers.RemoveAll(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        Headers.Add((name, value));
    }

    public void Remove(string name) => Headers.RemoveAll(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The web server may refuse it, and then closes the connection.</summary>
    public void ForServer(RequestEnd ending = RequestEnd.Last)
    {
        IsForServer = true;
        Ending = ending;
    }

    public byte[] ToBytes()
    {
        var head = Encoding.Latin1.GetBytes(Head ?? Written());
        return Body is null ? head : [.. head, .. Body];
    }

    private string Written()
    {
        var text = new StringBuilder($"{Method} {Path}");
        // the last one counts: whatever stands before, nothing is kept
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

/// <summary>One way to make a request wrong.</summary>
internal sealed record Fault(string Name, Action<RequestSpec, SeededChoices> Apply);

/// <summary>What requests are made of.</summary>
/// <param name="Host">Of the app.</param>
/// <param name="Keys">API keys that work.</param>
/// <param name="Tokens">Access tokens that work, the first of an owner.</param>
/// <param name="AccountSid">Whose webhooks are taken, were they signed.</param>
/// <param name="Ids">Of rows that exist.</param>
/// <param name="AlwaysWork">Names of routes that do their work whatever they are sent.</param>
internal sealed record RequestContext(string Host, IReadOnlyList<string> Keys, IReadOnlyList<string> Tokens, string AccountSid, IReadOnlyList<Guid> Ids, IReadOnlySet<string> AlwaysWork);
