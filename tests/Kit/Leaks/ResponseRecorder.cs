using System.Net.Http.Json;
using Microsoft.AspNetCore.Http;

namespace Relais.Kit.Leaks;

/// <summary>
/// Shows the leak detector each request of a client or a provider, and these parts of the responses: errors, responses to the provider's
/// callbacks other than TwiML, and redirect locations.
/// </summary>
internal sealed class ResponseRecorder(LeakDetector detector)
    : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false })
{
    private const int MaxBodyBytes = 64 * 1024;

    /// <summary>Records a request that passed through the webhook proxy.</summary>
    public static async Task SeeAsync(LeakDetector detector, HttpRequest request, byte[] body, HttpResponseMessage answer)
    {
        var target = $"{request.Path.ToUriComponent()}{request.QueryString.ToUriComponent()}";
        detector.GoesIn(new Incoming(
            target, request.Headers.Authorization, request.Headers["X-Twilio-Signature"], request.ContentType?.Split(';')[0],
            body.Length < MaxBodyBytes ? System.Text.Encoding.UTF8.GetString(body) : ""));
        await KeepAsync(detector, $"{request.Method} {request.Path}", request.Path, answer, CancellationToken.None);
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // JSON content has no length before it is serialised, so it is always read.
        var body = request.Content is JsonContent or { Headers.ContentLength: < MaxBodyBytes }
            ? await request.Content.ReadAsStringAsync(cancellationToken)
            : "";
        // NonValidated leaves the headers as the test wrote them; reading a parsed header would change what is sent.
        var headers = request.Headers.NonValidated;
        var signature = headers.TryGetValues("X-Twilio-Signature", out var signatures) ? signatures.First() : null;
        var authorization = headers.TryGetValues("Authorization", out var credentials) ? credentials.First() : null;
        detector.GoesIn(new Incoming(
            request.RequestUri!.PathAndQuery, authorization, signature, request.Content?.Headers.ContentType?.MediaType, body));
        var answer = await base.SendAsync(request, cancellationToken);
        await KeepAsync(
            detector, $"{request.Method} {request.RequestUri!.AbsolutePath}", request.RequestUri.AbsolutePath, answer, cancellationToken);
        return answer;
    }

    private static async Task KeepAsync(LeakDetector detector, string call, string path, HttpResponseMessage answer, CancellationToken ct)
    {
        if (!answer.IsSuccessStatusCode || IsCallback(path, answer))
        {
            await answer.Content.LoadIntoBufferAsync(ct);
            detector.Keep($"the answer to {call}", await answer.Content.ReadAsStringAsync(ct));
        }

        if (answer.Headers.Location is { } location)
        {
            detector.Keep($"the location that {call} named", location.OriginalString);
        }
    }

    private static bool IsCallback(string path, HttpResponseMessage answer) =>
        (path.StartsWith("/api/webhook", StringComparison.Ordinal) || path.StartsWith("/api/receive-", StringComparison.Ordinal))
        && answer.Content.Headers.ContentType?.MediaType is not ("text/xml" or "application/xml");
}
