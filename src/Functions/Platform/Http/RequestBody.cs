using Microsoft.AspNetCore.Http;

namespace Relais.Platform.Http;

/// <summary>
/// Reads request bodies up to a limit in bytes. A connection that fails or breaks the protocol stays an exception, which
/// <see cref="ProblemMiddleware"/> answers.
/// </summary>
internal static class RequestBody
{
    /// <returns>The whole body; a failure if it is larger than the limit.</returns>
    public static async Task<Result<byte[]>> ReadAsync(HttpRequest request, long limit, CancellationToken ct)
    {
        if (CheckLength(request, limit) is { } failure)
        {
            return failure;
        }

        try
        {
            using var buffer = new MemoryStream();
            await WithLimit(request.Body, limit).CopyToAsync(buffer, ct);
            return buffer.ToArray();
        }
        catch (BodyTooLargeException e)
        {
            return e.Failure;
        }
    }

    /// <returns>
    /// A failure if the request announces a body that is larger than the limit. A chunked body does not announce its length.
    /// </returns>
    public static Failure? CheckLength(HttpRequest request, long limit) => request.ContentLength > limit ? TooLarge(limit) : null;

    /// <returns>The body as a stream that throws <see cref="BodyTooLargeException"/> after the limit.</returns>
    public static Stream WithLimit(Stream body, long limit) => new BoundedStream(body, limit);

    public static Failure TooLarge(long limit) =>
        new(FailureKind.TooLarge, "body_too_large", $"The body may have {limit / 1024} KB at most.");
}
