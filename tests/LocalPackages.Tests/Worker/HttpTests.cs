using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace LocalPackages.Tests.Worker;

public sealed class HttpTests
{
    private static readonly Type[] Functions = [typeof(Web)];

    [Fact]
    public async Task Five_hundred_requests_at_once_are_all_answered_by_their_own_invocation()
    {
        await using var app = await TestApp.StartAsync(Functions);

        var answers = await Task.WhenAll(Enumerable.Range(0, 500).Select(n => app.Http.GetStringAsync($"slow/{n}")));

        Assert.Equal(Enumerable.Range(0, 500).Select(n => n.ToString()), answers.Select(a => a.Split(' ')[0]));
        Assert.Equal(500, answers.Select(a => a.Split(' ')[1]).Distinct().Count());
    }

    [Fact]
    public async Task A_body_of_50_megabytes_arrives_unchanged()
    {
        await using var app = await TestApp.StartAsync(Functions);
        var body = new byte[50 * 1024 * 1024];
        new Random(5).NextBytes(body);

        using var sized = await app.Http.PostAsync("hash", new ByteArrayContent(body));
        using var chunked = await app.Http.SendAsync(new HttpRequestMessage(HttpMethod.Post, "hash")
        {
            Content = new StreamContent(new MemoryStream(body)),
            Headers = { TransferEncodingChunked = true },
        });

        var expected = Convert.ToHexString(SHA256.HashData(body));
        Assert.Equal(expected, await sized.Content.ReadAsStringAsync());
        Assert.Equal(expected, await chunked.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_and_the_limit_is_a_setting()
    {
        Environment.SetEnvironmentVariable("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", "1000");
        try
        {
            await using var app = await TestApp.StartAsync(Functions);

            using var fits = await app.Http.PostAsync("hash", new ByteArrayContent(new byte[1000]));
            using var tooLong = await app.Http.PostAsync("hash", new ByteArrayContent(new byte[1001]));

            Assert.Equal(HttpStatusCode.OK, fits.StatusCode);
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLong.StatusCode);
        }
        finally
        {
            Environment.SetEnvironmentVariable("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", null);
        }
    }

    [Theory]
    [InlineData("NONSENSE\r\n\r\n")]
    [InlineData("GET /api/ping HTTP/9.9\r\nHost: a\r\n\r\n")]
    [InlineData("GET /api/ping HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n")]
    [InlineData("GET /api/ping HTTP/1.1\r\n\r\n")]
    [InlineData("POST /api/hash HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n")]
    [InlineData("POST /api/hash HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nabc\r\n")]
    public async Task Malformed_requests_are_refused_and_the_next_one_is_served(string request)
    {
        await using var app = await TestApp.StartAsync(Functions);

        var status = (await RawAsync(app.Address, request)).Split(' ')[1];

        Assert.StartsWith(request.Contains("9.9") ? "505" : "400", status);
        Assert.Equal("pong", await app.Http.GetStringAsync("ping"));
        Assert.DoesNotContain("hashed", app.Journal.Lines);
    }

    [Fact]
    public async Task A_response_that_breaks_off_does_not_look_whole()
    {
        await using var app = await TestApp.StartAsync(Functions);

        using var answer = await app.Http.GetAsync("broken", HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_client_that_is_gone_in_the_middle_of_a_body_is_no_failure()
    {
        var log = new FailureLog();
        await using var app = await TestApp.StartAsync(Functions, configure: builder => builder.Logging.AddProvider(log));

        for (var i = 0; i < 20; i++)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(app.Address.Host, app.Address.Port);
            await socket.SendAsync("POST /api/hash HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc"u8.ToArray());
            await Task.Delay(20);
            // a reset, or the end of what is said
            socket.Close(i % 2 == 0 ? 0 : -1);
        }

        await app.StopAsync();
        Assert.Empty(log.Lines);
    }

    [Fact]
    public async Task A_method_that_is_not_listed_is_not_found()
    {
        await using var app = await TestApp.StartAsync(Functions);

        using var answer = await app.Http.DeleteAsync("ping");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Empty(answer.Content.Headers.Allow);
    }

    [Fact]
    public async Task The_root_answers_without_a_key()
    {
        await using var app = await TestApp.StartAsync(Functions, new() { ["FUNCTIONS_LOCAL_KEY"] = "key" });

        using var answer = await app.Http.GetAsync("/");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task<string> RawAsync(Uri address, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(client.GetStream());
        return await reader.ReadToEndAsync();
    }

    private sealed class FailureLog : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> lines = [];

        public IReadOnlyList<string> Lines => [.. lines];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                lines.Enqueue(formatter(state, exception));
            }
        }

        public void Dispose()
        {
        }
    }

    public sealed class Web(Journal journal)
    {
        [Function("Ping")]
        public static IResult Ping([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "ping")] HttpRequest request) => Results.Text("pong");

        [Function("Slow")]
        public async Task<IResult> Slow([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "slow/{n:int}")] HttpRequest request, int n, FunctionContext context)
        {
            await Task.Delay(100, context.CancellationToken);
            return Results.Text($"{n} {context.InvocationId}");
        }

        [Function("Hash")]
        public async Task<IResult> Hash([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "hash")] HttpRequest request)
        {
            var hash = await SHA256.HashDataAsync(request.Body);
            journal.Add("hashed");
            return Results.Text(Convert.ToHexString(hash));
        }

        [Function("Broken")]
        public async Task Broken([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "broken")] HttpRequest request)
        {
            await request.HttpContext.Response.WriteAsync("half");
            await request.HttpContext.Response.Body.FlushAsync();
            throw new InvalidOperationException("the other half");
        }
    }
}
