namespace Relais.Platform.Http;

/// <summary>
/// Describes the request and the response of an HTTP function for docs/api/openapi.json. Failures need no description: each is a problem
/// document (RFC 9457).
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DescribeAttribute(string summary) : Attribute
{
    /// <summary>One sentence for the readers of the API documentation.</summary>
    public string Summary { get; } = summary;

    /// <summary>The type of the JSON request body; null when there is none.</summary>
    public Type? Request { get; init; }

    /// <summary>The media type of the request body, when it is not JSON.</summary>
    public string RequestMediaType { get; init; } = "application/json";

    /// <summary>The request body is also accepted as the only file of a form (multipart/form-data).</summary>
    public bool AcceptsFileForm { get; init; }

    /// <summary>Optional request headers, except those for authentication and for the body.</summary>
    public string[] Headers { get; init; } = [];

    /// <summary>The type of the JSON response body; null when there is none.</summary>
    public Type? Response { get; init; }

    /// <summary>The media type of the response body, when it is not JSON.</summary>
    public string ResponseMediaType { get; init; } = "application/json";

    /// <summary>The HTTP status of a successful response.</summary>
    public int Status { get; init; } = 200;

    /// <summary>The type of the JSON body of a 202, when the work may continue after the response; null when it never does.</summary>
    public Type? AcceptedResponse { get; init; }

    /// <summary>A 202 has a Location header with the address at which the progress can be read.</summary>
    public bool AcceptedHasLocation { get; init; }

    /// <summary>The type of the JSON body of a 503, when it is not a problem document.</summary>
    public Type? Unavailable { get; init; }

    /// <summary>Failure statuses without a body, as for webhooks, where the provider reads only the status.</summary>
    public int[] BodylessStatuses { get; init; } = [];

    /// <summary>
    /// Optional query parameters. "tag" declares a text, "outcome=created|updated" a list of allowed values, and "from:date-time" a type:
    /// integer, boolean, date, date-time or uuid. "limit" needs no type.
    /// </summary>
    public string[] Query { get; init; } = [];
}
