using System.Net;

namespace Relais.Channels.Twilio;

/// <summary>
/// The HTTP handler of every SDK client. Redirects calls to the configured base URL, and records in the <see cref="CallTrace"/> what
/// happens on the wire.
/// </summary>
internal sealed class TwilioHandler(TwilioOptions options, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (options.BaseUrl is not null)
        {
            request.RequestUri = new Uri(options.BaseUrl, request.RequestUri!.PathAndQuery);
        }

        var trace = CallTrace.Current;
        if (trace is null)
        {
            return await base.SendAsync(request, cancellationToken);
        }

        if (request.Content is not null)
        {
            request.Content = new TracedContent(request.Content, trace);
        }

        var response = await base.SendAsync(request, cancellationToken);
        trace.HttpStatus = (int)response.StatusCode;
        return response;
    }

    /// <summary>A request body that tells the trace when it is about to be written.</summary>
    private sealed class TracedContent : HttpContent
    {
        private readonly HttpContent content;
        private readonly CallTrace trace;

        public TracedContent(HttpContent content, CallTrace trace)
        {
            (this.content, this.trace) = (content, trace);
            foreach (var header in content.Headers)
            {
                Headers.TryAddWithoutValidation(header.Key, header.Value);
            }
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            trace.BeforeRequestIsWritten();
            return content.CopyToAsync(stream, context, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = content.Headers.ContentLength ?? -1;
            return length >= 0;
        }

        protected override void Dispose(bool disposing)
        {
            content.Dispose();
            base.Dispose(disposing);
        }
    }
}
