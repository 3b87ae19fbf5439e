using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Relais.DevHost.Services;

namespace Functions.Tests.Access;

/// <summary>A token issuer on a local port. The test sets its documents, its status code and its delay.</summary>
internal sealed class StubIssuer : IAsyncDisposable
{
    private readonly WebApplication app;
    private int discoveries;
    private int keyCalls;

    private StubIssuer(WebApplication app, string address)
    {
        this.app = app;
        Address = address;
        Discovery = $$"""{"issuer":"{{address}}","jwks_uri":"{{address}}/keys"}""";
    }

    public string Address { get; }

    public string Discovery { get; set; }

    public string Keys { get; set; } = TokenForge.KeySet(TokenForge.All);

    public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

    /// <summary>Each answer waits until this task has ended.</summary>
    public Task Ready { get; set; } = Task.CompletedTask;

    public int Discoveries => discoveries;

    public int KeyCalls => keyCalls;

    public static Task<StubIssuer> StartAsync() => Ports.ListenAsync(0, StartOnAsync);

    private static async Task<StubIssuer> StartOnAsync(int port)
    {
        var address = $"http://127.0.0.1:{port}";
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address);
        var app = builder.Build();
        var issuer = new StubIssuer(app, address);
        app.MapGet(
            "/.well-known/openid-configuration",
            http => issuer.AnswerAsync(http, Interlocked.Increment(ref issuer.discoveries), () => issuer.Discovery));
        app.MapGet("/keys", http => issuer.AnswerAsync(http, Interlocked.Increment(ref issuer.keyCalls), () => issuer.Keys));
        await app.StartAsync();
        return issuer;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http, int number, Func<string> text)
    {
        _ = number;
        await Ready.WaitAsync(http.RequestAborted);
        http.Response.StatusCode = (int)Status;
        if (Status == HttpStatusCode.Redirect)
        {
            http.Response.Headers.Location = $"{Address}/keys";
            return;
        }

        await http.Response.WriteAsync(text());
    }
}
