using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Relais.Platform.Http;

/// <summary>The JSON body of a problem document (RFC 9457).</summary>
/// <param name="Code">The failure code, which is permanent.</param>
/// <param name="Faults">JSON path of a field to all its faults; left out when there are none.</param>
internal sealed record ProblemDetails(
    string Type, string Title, int Status, string Code, string Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string[]>? Faults);

/// <summary>Responds with a problem document (RFC 9457), as every failure of the API does.</summary>
internal sealed class Problem(int status, string code, string detail, IReadOnlyDictionary<string, string[]>? faults = null) : IResult
{
    public const string MediaType = "application/problem+json";

    public int Status => status;

    public string Code => code;

    public IReadOnlyDictionary<string, string[]>? Faults => faults;

    public static Problem From(Failure failure) =>
        new(
            ToStatus(failure.Kind), failure.Code, failure.Message,
            failure.Faults is { } faults ? FaultList.LimitForResponse(faults) : null);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = MediaType;
        response.Headers.CacheControl = "no-store";
        if (status == StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = "Bearer realm=\"relais\"";
        }

        var body = new ProblemDetails($"urn:relais:problem:{code}", Title(status), status, code, detail, faults);
        await response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(body, Json.Options), httpContext.RequestAborted);
    }

    private static int ToStatus(FailureKind kind) => kind switch
    {
        FailureKind.Invalid => StatusCodes.Status400BadRequest,
        FailureKind.Unauthorized => StatusCodes.Status401Unauthorized,
        FailureKind.Forbidden => StatusCodes.Status403Forbidden,
        FailureKind.NotFound => StatusCodes.Status404NotFound,
        FailureKind.Conflict => StatusCodes.Status409Conflict,
        FailureKind.TooLarge => StatusCodes.Status413PayloadTooLarge,
        FailureKind.WrongMediaType => StatusCodes.Status415UnsupportedMediaType,
        FailureKind.TooManyRequests => StatusCodes.Status429TooManyRequests,
        FailureKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    public static string Title(int status) => status switch
    {
        400 => "The request is not valid",
        401 => "Unauthorized",
        403 => "Not allowed",
        404 => "Not found",
        409 => "Not possible in this state",
        413 => "The body is too large",
        415 => "The content type is not supported",
        429 => "Too many requests",
        503 => "Not available at the moment",
        _ => "Something went wrong",
    };
}
