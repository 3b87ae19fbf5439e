using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Logging;
using Relais.Simulators;
using Twilio.Security;

namespace Simulators.Tests;

/// <summary>A webhook that stores the requests it receives and checks their signatures with the Twilio SDK.</summary>
internal sealed class Webhook : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<Received> received = new();
    private int openRequests;
    private int mostAtOnce;

    private Webhook(WebApplication app) => this.app = app;

    public Func<HttpContext, Task> Answer { get; set; } = http =>
    {
        http.Response.StatusCode = 204;
        return Task.CompletedTask;
    };

    public IReadOnlyList<Received> All => [.. received];

    /// <summary>The highest number of concurrent requests.</summary>
    public int MostAtOnce => Volatile.Read(ref mostAtOnce);

    public string Url(string pathAndQuery) => app.Urls.Single() + pathAndQuery;

    /// <summary>The statuses that were reported for a message, in order of arrival.</summary>
    public IReadOnlyList<string> Statuses(string sid) =>
        [.. received.Where(request => request.Form["MessageSid"] == sid).Select(request => request.Form["MessageStatus"])];

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

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task HandleAsync(HttpContext http)
    {
        var open = Interlocked.Increment(ref openRequests);
        RaiseMostAtOnce(open);
        try
        {
            var form = (await http.Request.ReadFormAsync())
                .ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal);
            var validator = new RequestValidator(SimulatedAccount.Demo.AuthToken);
            var isSigned = validator.Validate(http.Request.GetEncodedUrl(), form, http.Request.Headers["X-Twilio-Signature"].ToString());
            var token = http.Request.Headers["I-Twilio-Idempotency-Token"].ToString();
            received.Enqueue(new(http.Request.Path + http.Request.QueryString, form, isSigned, token));
            await Answer(http);
        }
        finally
        {
            Interlocked.Decrement(ref openRequests);
        }
    }

    private void RaiseMostAtOnce(int value)
    {
        int current;
        while ((current = Volatile.Read(ref mostAtOnce)) < value
            && Interlocked.CompareExchange(ref mostAtOnce, value, current) != current)
        {
        }
    }

    internal sealed record Received(string Target, Dictionary<string, string> Form, bool IsSigned, string Token);
}
