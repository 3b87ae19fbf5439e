using System.Net.Http.Json;
using Microsoft.AspNetCore.Http;

namespace Relais.Kit.Leaks;

/// <summary>
/// Shows the watch what a client or a provider sends, and of the answers: every one that is no success, those to the provider's callbacks
/// other than TwiML replies, and where redirects lead.
/// </summary>
internal sealed class ResponseRecorder(LeakDetector watch) : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false })
{
    private const int MostRead = 64 * 1024;

    /// <summary>For what goes through the front door.</summary>
    public static async Task SeeAsync(LeakDetector watch, HttpRequest request, byte[] body, HttpResponseMessage answer)
    {
        var target = $"{request.Path.ToUriComponent()}{request.QueryString.ToUriComponent()}";
        watch.GoesIn(new Incoming(
            target, request.Headers.Authorization, request.Headers["X-Twilio-Signature"], request.ContentType?.Split(';')[0],
            body.Length < MostRead ? System.Text.Encoding.UTF8.GetString(body) : ""));
        await KeepAsync(watch, $"{request.Method} {request.Path}", request.Path, answer, CancellationToken.None);
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // JSON has no length until it is written
        var body = request.Content is JsonContent or { Headers.ContentLength: < MostRead } ? await request.Content.ReadAsStringAsync(cancellationToken) : "";
        // as it was written: a header that is read as a value is sent as that value is written
        var written = request.Headers.NonValidated;
        var signature = written.TryGetValues("X-Twilio-Signature", out var signatures) ? signatures.First() : null;
        var authorization = written.TryGetValues("Authorization", out var credentials) ? credentials.First() : null;
        watch.GoesIn(new Incoming(
            request.RequestUri!.PathAndQuery, authorization, signature, request.Content?.Headers.ContentType?.MediaType, body));
        var answer = await base.SendAsync(request, cancellationToken);
        await KeepAsync(watch, $"{request.Method} {request.RequestUri!.AbsolutePath}", request.RequestUri.AbsolutePath, answer, cancellationToken);
        return answer;
    }

    private static async Task KeepAsync(LeakDetector watch, string call, string path, HttpResponseMessage answer, CancellationToken ct)
    {
        if (!answer.IsSuccessStatusCode || IsCallback(path, answer))
        {
            await answer.Content.LoadIntoBufferAsync(ct);
            watch.Keep($"the answer to {call}", await answer.Content.ReadAsStringAsync(ct));
        }

        if (answer.Headers.Location is { } location)
        {
            watch.Keep($"the location that {call} named", location.OriginalString);
        }
    }

    private static bool IsCallback(string path, HttpResponseMessage answer) =>
        (path.StartsWith("/api/webhook", StringComparison.Ordinal) || path.StartsWith("/api/receive-", StringComparison.Ordinal))
        && answer.Content.Headers.ContentType?.MediaType is not ("text/xml" or "application/xml");
}
