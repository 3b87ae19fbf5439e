using System.Collections.Concurrent;
using System.Net;
using Functions.Tests.Numbers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Relais.Access.Limits;
using Relais.Kit;
using Relais.Platform.Http;
using Relais.Webhooks;

namespace Functions.Tests.Webhooks;

/// <summary>Receives webhooks for the account of a tenant, with its own account cache and clock.</summary>
internal sealed class WebhookHarness(
    NumbersFixture world, PostgresFixture postgres, int perAddress = 6000, string publicUrl = AppFixture.PublicUrl)
    : AppFixture(postgres.Database)
{
    private const string Path = "/api/webhook-router";
    private static int sids;

    /// <summary>The clock of the services.</summary>
    public SteppedClock Time { get; } = new();

    public ExecutedSql Statements { get; } = new();

    public SweepWebhooks Sweep => Get<SweepWebhooks>();

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

    public async Task<int> SendAsync(HttpContext http) => (await Get<ReceiveWebhook>().RunAsync(http.Request, default)).StatusCode;

    /// <summary>Processes every pending event, as the sweep would have it done.</summary>
    public async Task ProcessAsync()
    {
        var due = await world.ListAsync<Guid>(
            "select id from webhook_events where tenant_id = @TenantId and state = 'pending' order by received_at, id",
            new { world.TenantId });
        foreach (var id in due)
        {
            await Get<ProcessWebhookEvent>().RunAsync(id, default);
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

    protected override void Replace(IServiceCollection services)
    {
        services
            .AddSingleton<TimeProvider>(Time)
            .AddSingleton(new PublicUrl(new Uri(publicUrl)))
            .AddSingleton(new LimitOptions { PerAddress = perAddress });
        LogStatements(services, Statements);
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
