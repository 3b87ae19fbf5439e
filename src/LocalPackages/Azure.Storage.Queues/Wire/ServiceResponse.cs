using System.Net.Http.Headers;

namespace Azure.Storage.Queues.Wire;

internal sealed class ServiceResponse : Response
{
    private readonly HttpResponseHeaders _headers;

    public ServiceResponse(HttpResponseMessage answer, byte[] body)
    {
        _headers = answer.Headers;
        Status = (int)answer.StatusCode;
        ReasonPhrase = answer.ReasonPhrase ?? "";
        Content = new BinaryData(body);
        ClientRequestId = Header("x-ms-client-request-id") ?? "";
    }

    public override int Status { get; }

    public override string ReasonPhrase { get; }

    public override BinaryData Content { get; }

    public override string ClientRequestId { get; set; }

    public TimeSpan? RetryAfter => _headers.RetryAfter?.Delta;

    public IEnumerable<KeyValuePair<string, string>> Headers => _headers.Select(h => KeyValuePair.Create(h.Key, string.Join(",", h.Value)));

    public string? Header(string name) => _headers.TryGetValues(name, out var values) ? string.Join(",", values) : null;

    public ServiceResponse Expect(params ReadOnlySpan<int> statuses)
    {
        if (statuses.Contains(Status))
        {
            return this;
        }

        var error = QueueXml.Error(Content);
        var code = Header("x-ms-error-code") ?? error?.Code;
        var message = $"{error?.Message ?? ReasonPhrase}\nStatus: {Status} ({ReasonPhrase})\n{(code is null ? "" : $"ErrorCode: {code}\n")}";
        throw new RequestFailedException(this, message, code);
    }

    public override void Dispose() { }
}
