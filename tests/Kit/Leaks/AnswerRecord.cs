namespace Relais.Kit.Leaks;

/// <summary>Shows the watch what a client sends, and every answer that is no success: problems, and where redirects lead.</summary>
internal sealed class AnswerRecord(LeakWatch watch) : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false })
{
    private const int MostRead = 64 * 1024;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is { Headers.ContentLength: < MostRead } content)
        {
            watch.GoesIn(await content.ReadAsStringAsync(cancellationToken));
        }

        var answer = await base.SendAsync(request, cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            await answer.Content.LoadIntoBufferAsync(cancellationToken);
            watch.Keep($"the answer to {request.Method} {request.RequestUri!.AbsolutePath}", await answer.Content.ReadAsStringAsync(cancellationToken));
        }

        if (answer.Headers.Location is { } location)
        {
            watch.Keep($"the location that {request.Method} {request.RequestUri!.AbsolutePath} named", location.OriginalString);
        }

        return answer;
    }
}
