using System.Net;
using System.Text;
using Azure;
using Azure.Storage.Queues;

namespace LocalPackages.Tests.Queues;

public sealed class RetryTests : IDisposable
{
    private readonly ScriptedTransport _transport = new();

    public void Dispose() => _transport.Dispose();

    [Fact]
    public async Task A_busy_service_is_asked_again()
    {
        _transport.Answers(HttpStatusCode.ServiceUnavailable, HttpStatusCode.InternalServerError, HttpStatusCode.NoContent);
        Assert.Equal(204, (await Client(3).DeleteAsync()).Status);
        Assert.Equal(3, _transport.Calls);
    }

    [Fact]
    public async Task A_service_that_stays_busy_is_given_up_after_the_last_retry()
    {
        _transport.Answers(HttpStatusCode.ServiceUnavailable);
        var failed = await Assert.ThrowsAsync<RequestFailedException>(() => Client(2).DeleteAsync());
        Assert.Equal((503, 3), (failed.Status, _transport.Calls));
    }

    [Fact]
    public async Task A_refusal_is_not_repeated()
    {
        _transport.Answers(HttpStatusCode.Conflict);
        var failed = await Assert.ThrowsAsync<RequestFailedException>(() => Client(3).DeleteAsync());
        Assert.Equal((409, 1), (failed.Status, _transport.Calls));
    }

    [Fact]
    public async Task An_unreachable_service_is_a_failure_without_status()
    {
        _transport.Fails(new HttpRequestException("refused"));
        var once = await Assert.ThrowsAsync<RequestFailedException>(() => Client(0).DeleteAsync());
        Assert.Equal(0, once.Status);
        var many = await Assert.ThrowsAsync<AggregateException>(() => Client(2).DeleteAsync());
        Assert.Equal(3, many.InnerExceptions.Count);
    }

    [Fact]
    public async Task A_silent_service_ends_at_the_network_timeout_and_cancellation_stays_cancellation()
    {
        _transport.Hangs();
        await Assert.ThrowsAsync<TaskCanceledException>(() => Client(0, TimeSpan.FromMilliseconds(20)).DeleteAsync());
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Client(3).DeleteAsync(stop.Token));
        Assert.True(stop.IsCancellationRequested, cancelled.Message);
        Assert.Equal(2, _transport.Calls);
    }

    private QueueClient Client(int retries, TimeSpan? networkTimeout = null) => new("UseDevelopmentStorage=true", "q", new QueueClientOptions
    {
        Transport = _transport,
        Retry = { MaxRetries = retries, Delay = TimeSpan.FromMilliseconds(1), NetworkTimeout = networkTimeout ?? TimeSpan.FromSeconds(30) },
    });

    private sealed class ScriptedTransport : HttpMessageHandler
    {
        private Queue<HttpStatusCode> _answers = [];
        private Exception? _failure;
        private bool _hangs;

        public int Calls { get; private set; }

        public void Answers(params HttpStatusCode[] answers) => _answers = new Queue<HttpStatusCode>(answers);

        public void Fails(Exception failure) => _failure = failure;

        public void Hangs() => _hangs = true;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Calls++;
            if (_hangs)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            if (_failure is not null)
            {
                throw _failure;
            }

            var status = _answers.Count > 1 ? _answers.Dequeue() : _answers.Peek();
            return new HttpResponseMessage(status) { Content = new StringContent("<html>busy</html>", Encoding.UTF8, "text/html") };
        }
    }
}
