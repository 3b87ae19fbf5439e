using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using Functions.Tests.Telephony;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Relais.Access.Limits;
using Relais.Kit;
using Relais.Platform.Database;
using Relais.Platform.Queues;
using Relais.Webhooks;

namespace Functions.Tests.Webhooks;

/// <summary>What takes the webhooks of a tenant's account, with a memory and a clock of its own.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private const string Url = "https://relais.example/api/webhook-router";
    private static int sids;
    private readonly TelephonyWorld world;
    private readonly ServiceProvider metrics = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ILoggerFactory log;
    private readonly NpgsqlDataSource source;
    private readonly RequestLimits limits;
    private readonly ReceiveTwilioWebhook receive;

    public Receiver(TelephonyWorld world, PostgresFixture postgres, int perAddress = 6000)
    {
        this.world = world;
        log = LoggerFactory.Create(logging => logging.AddProvider(Statements));
        var builder = new NpgsqlDataSourceBuilder(postgres.System);
        builder.UseLoggerFactory(log);
        source = builder.Build();
        var options = new LimitOptions { PerAddress = perAddress };
        limits = new RequestLimits(options);
        Db = new SystemDb(source);
        receive = new ReceiveTwilioWebhook(
            new AccountTokens(Db, world.Secrets, Clock), new StrangerLimit(limits, options), new CalledUrls(new PublicUrl(new Uri("https://relais.example")), new WebhookOptions()),
            new GroupCommit(new EventStore(Db, Clock, new Random(1)), log.CreateLogger<GroupCommit>()), new WorkQueues(new StorageOptions()), Clock,
            metrics.GetRequiredService<IMeterFactory>(), log.CreateLogger<ReceiveTwilioWebhook>());
    }

    public SteppedClock Clock { get; } = new();

    public SystemDb Db { get; }

    public Statements Statements { get; } = new();

    /// <summary>A report about some message, signed with this token.</summary>
    public async Task<int> ReportAsync(string token, string? accountSid = null)
    {
        var form = new List<KeyValuePair<string, string>>
        {
            new("MessageSid", $"SMreport{Interlocked.Increment(ref sids)}"), new("MessageStatus", "sent"), new("AccountSid", accountSid ?? world.AccountSid),
        };
        var http = new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Parse("198.51.100.7") } };
        http.Request.Method = "POST";
        http.Request.Path = "/api/webhook-router";
        http.Request.ContentType = "application/x-www-form-urlencoded";
        http.Request.Headers["X-Twilio-Signature"] = TwilioSignature.Sign(Url, form, token);
        http.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(string.Join('&', form.Select(pair => $"{pair.Key}={pair.Value}"))));
        return (await receive.RunAsync(http.Request, default)).StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        limits.Dispose();
        log.Dispose();
        await metrics.DisposeAsync();
    }
}

/// <summary>What the database was asked.</summary>
internal sealed class Statements : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> lines = new();

    public int Count(string part) => lines.Count(line => line.Contains(part, StringComparison.Ordinal));

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        lines.Enqueue(formatter(state, exception));

    public void Dispose()
    {
    }
}
