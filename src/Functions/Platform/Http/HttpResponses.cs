using Microsoft.AspNetCore.Http;

namespace Relais.Platform.Http;

/// <summary>Converts results and failures to HTTP responses.</summary>
internal static class HttpResponses
{
    /// <summary>Responds 200 with the value as JSON, or with the failure as a problem document.</summary>
    public static IResult ToHttp<T>(this Result<T> result) => result.ToHttp(Ok);

    public static IResult Ok<T>(T value) => Results.Json(value, Json.Options);

    public static IResult ToHttp<T>(this Result<T> result, Func<T, IResult> success) => result.Match(success, Problem.From);

    /// <summary>Responds 201 with the value as JSON, or with the failure as a problem document.</summary>
    /// <param name="result">The created thing, or the failure.</param>
    /// <param name="location">Gives the URL of the created thing, for the Location header.</param>
    public static IResult ToCreated<T>(this Result<T> result, Func<T, string> location) =>
        result.ToHttp(value => new Created(location(value), Results.Json(value, Json.Options, statusCode: StatusCodes.Status201Created)));

    public static IResult ToHttp(this Failure failure) => Problem.From(failure);

    private sealed class Created(string location, IResult inner) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.Location = location;
            return inner.ExecuteAsync(httpContext);
        }
    }
}
