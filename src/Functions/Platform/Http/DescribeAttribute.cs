namespace Relais.Platform.Http;

/// <summary>What an HTTP function takes and gives, for docs/api/openapi.json. Every failure is a problem (RFC 9457) and needs no saying.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DescribeAttribute(string summary) : Attribute
{
    /// <summary>One sentence.</summary>
    public string Summary { get; } = summary;

    /// <summary>The type of the JSON body; null: no body.</summary>
    public Type? Takes { get; init; }

    /// <summary>The media type of a body that is not JSON.</summary>
    public string TakesMediaType { get; init; } = "application/json";

    /// <summary>The type of the JSON answer; null: no body.</summary>
    public Type? Gives { get; init; }

    /// <summary>The media type of an answer that is not JSON.</summary>
    public string GivesMediaType { get; init; } = "application/json";

    /// <summary>The status of success.</summary>
    public int Status { get; init; } = 200;

    /// <summary>
    /// Query parameters that are read; all are optional. "tag" is a text, "outcome=created|updated" one of a closed list,
    /// "from:date-time" of a type: integer, boolean, date, date-time or uuid. "limit" is known.
    /// </summary>
    public string[] Query { get; init; } = [];
}
