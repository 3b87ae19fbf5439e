using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Logging;
using Relais.Simulators;
using Twilio.Security;

namespace Simulators.Tests;

/// <summary>A webhook that keeps what it is sent and checks the signature as an application does.</summary>
internal sealed class Webhook : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Received> _received = new();
    private int _open;
    private int _most;

    private Webhook(WebApplication app) => _app = app;

    public Func<HttpContext, Task> Answer { get; set; } = http =>
    {
        http.Response.StatusCode = 204;
        return Task.CompletedTask;
    };

    public IReadOnlyList<Received> All => [.. _received];

    /// <summary>The most that were open at once.</summary>
    public int MostAtOnce => Volatile.Read(ref _most);

    public string Url(string pathAndQuery) => _app.Urls.Single() + pathAndQuery;

    public IReadOnlyList<string> Statuses(string sid) => [.. _received.Where(r => r.Form["MessageSid"] == sid).Select(r => r.Form["MessageStatus"])];

    public static async Task<Webhook> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var webhook = new Webhook(app);
        app.Run(webhook.HandleAsync);
        await app.StartAsync();
        return webhook;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task HandleAsync(HttpContext http)
    {
        var open = Interlocked.Increment(ref _open);
        InterlockedMax(open);
        try
        {
            var form = (await http.Request.ReadFormAsync()).ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal);
            var validator = new RequestValidator(SimulatedAccount.Demo.AuthToken);
            var isSigned = validator.Validate(http.Request.GetEncodedUrl(), form, http.Request.Headers["X-Twilio-Signature"].ToString());
            _received.Enqueue(new(http.Request.Path + http.Request.QueryString, form, isSigned, http.Request.Headers["I-Twilio-Idempotency-Token"].ToString()));
            await Answer(http);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private void InterlockedMax(int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref _most)) < value && Interlocked.CompareExchange(ref _most, value, seen) != seen)
        {
        }
    }

    internal sealed record Received(string Target, Dictionary<string, string> Form, bool IsSigned, string Token);
}
