using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using Functions.Tests.Numbers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Relais.Access.Limits;
using Relais.Kit;
using Relais.Platform.Database;
using Relais.Platform.Secrets;
using Relais.Webhooks;

namespace Functions.Tests.Webhooks;

/// <summary>Receives webhooks for the account of a tenant, with its own account cache and clock.</summary>
internal sealed class WebhookHarness : IAsyncDisposable
{
    public const string PublicUrl = "https://relais.example";
    private const string Path = "/api/webhook-router";
    private static int sids;
    private readonly NumbersFixture world;
    private readonly ServiceProvider metrics = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ILoggerFactory log;
    private readonly NpgsqlDataSource source;
    private readonly RequestLimits limits;
    private readonly WebhookBatchWriter writer;
    private readonly ReceiveWebhook receive;

    public WebhookHarness(
        NumbersFixture world, PostgresFixture postgres, int perAddress = 6000, string publicUrl = PublicUrl,
        WebhookOptions? webhooks = null)
    {
        this.world = world;
        log = LoggerFactory.Create(logging => logging.AddProvider(Statements).AddProvider(world.Log));
        var builder = new NpgsqlDataSourceBuilder(postgres.System);
        builder.UseLoggerFactory(log);
        source = builder.Build();
        var options = new LimitOptions { PerAddress = perAddress };
        limits = new RequestLimits(options);
        Db = new SystemDb(source);
        writer = new WebhookBatchWriter(
            new EventStore(Db, TestWebhookProvider.Create(), new AddressHash(null), Clock, new Random(1)),
            log.CreateLogger<WebhookBatchWriter>());
        receive = new ReceiveWebhook(
            new WebhookAccountCache(Db, world.Secrets, Clock), new UntrustedCallLimit(limits, options),
            TestWebhookProvider.Create(publicUrl, webhooks?.TrustForwardedHeaders ?? false), writer,
            EventProcessing.CreateQueue(log), Clock,
            metrics.GetRequiredService<IMeterFactory>(), log.CreateLogger<ReceiveWebhook>());
    }

    public SteppedClock Clock { get; } = new();

    public SystemDb Db { get; }

    public ExecutedSql Statements { get; } = new();

    public ProcessWebhookEvent Process => EventProcessing.Create(Db, Clock, new AddressHash(null), log);

    public SweepWebhooks Sweep => EventProcessing.Sweep(Db, Clock, log);

    /// <summary>Posts a status report of an unknown message, signed with this token, and returns the HTTP status.</summary>
    public Task<int> ReportAsync(string token, string? accountSid = null) =>
        PostAsync(
            [
                new("MessageSid", $"SMreport{Interlocked.Increment(ref sids)}"), new("MessageStatus", "sent"),
                new("AccountSid", accountSid ?? world.AccountSid),
            ],
            token);

    /// <summary>Posts a form of the account, signed as Twilio signs it, and returns the HTTP status.</summary>
    public Task<int> PostAsync(List<KeyValuePair<string, string>> form, string? token = null, string query = "") =>
        SendAsync(Request(form, token, query));

    public async Task<int> SendAsync(HttpContext http) => (await receive.RunAsync(http.Request, default)).StatusCode;

    /// <summary>Processes every pending event, as the sweep would have it done.</summary>
    public async Task ProcessAsync()
    {
        var due = await world.ListAsync<Guid>(
            "select id from webhook_events where tenant_id = @TenantId and state = 'pending' order by received_at, id",
            new { world.TenantId });
        foreach (var id in due)
        {
            await Process.RunAsync(id, default);
        }
    }

    public static HttpContext Request(
        List<KeyValuePair<string, string>> form, string? token = null, string query = "", string? signature = null)
    {
        var http = new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Parse("198.51.100.7") } };
        http.Request.Method = "POST";
        http.Request.Scheme = "https";
        http.Request.Host = new HostString("internal.example");
        http.Request.Path = Path;
        http.Request.QueryString = new QueryString(query);
        http.Request.ContentType = "application/x-www-form-urlencoded";
        http.Request.Headers["X-Twilio-Signature"] = signature
            ?? WebhookSignature.Of(PublicUrl + Path + query, form, token ?? NumbersFixture.Token);
        http.Request.Body = new MemoryStream(new FormUrlEncodedContent(form).ReadAsByteArrayAsync().GetAwaiter().GetResult());
        return http;
    }

    public async ValueTask DisposeAsync()
    {
        await writer.DisposeAsync();
        await source.DisposeAsync();
        limits.Dispose();
        log.Dispose();
        await metrics.DisposeAsync();
    }
}

/// <summary>Collects the log lines of Npgsql, which contain the executed SQL.</summary>
internal sealed class ExecutedSql : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> lines = new();

    public int Count(string part) => lines.Count(line => line.Contains(part, StringComparison.Ordinal));

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        lines.Enqueue(formatter(state, exception));

    public void Dispose()
    {
    }
}
