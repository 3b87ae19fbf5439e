namespace Relais.Platform.Http;

/// <summary>What an HTTP function takes and gives, for docs/api/openapi.json. Every failure is a problem (RFC 9457) and needs no saying.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DescribeAttribute(string summary) : Attribute
{
    /// <summary>One sentence.</summary>
    public string Summary { get; } = summary;

    /// <summary>The type of the JSON body; null: no body.</summary>
    public Type? Request { get; init; }

    /// <summary>The media type of a body that is not JSON.</summary>
    public string TakesMediaType { get; init; } = "application/json";

    /// <summary>The same may come as the one file of a form (multipart/form-data).</summary>
    public bool TakesFileForm { get; init; }

    /// <summary>Request headers that are read, apart from those of access and of the body; all are optional.</summary>
    public string[] Headers { get; init; } = [];

    /// <summary>The type of the JSON answer; null: no body.</summary>
    public Type? Response { get; init; }

    /// <summary>The media type of an answer that is not JSON.</summary>
    public string GivesMediaType { get; init; } = "application/json";

    /// <summary>The status of success.</summary>
    public int Status { get; init; } = 200;

    /// <summary>The type of the JSON answer with 202, where the work may go on after the answer; null: it does not.</summary>
    public Type? AcceptedResponse { get; init; }

    /// <summary>The answer with 202 says in Location where the work can be followed.</summary>
    public bool PendingHasLocation { get; init; }

    /// <summary>The type of the JSON answer with 503, where it is no problem document.</summary>
    public Type? Unavailable { get; init; }

    /// <summary>Statuses without a body: a provider's webhook is refused by a status alone.</summary>
    public int[] BodylessStatuses { get; init; } = [];

    /// <summary>
    /// Query parameters that are read; all are optional. "tag" is a text, "outcome=created|updated" one of a closed list,
    /// "from:date-time" of a type: integer, boolean, date, date-time or uuid. "limit" is known.
    /// </summary>
    public string[] Query { get; init; } = [];
}
