using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Relais.DevHost.Services;

/// <summary>
/// Receives the provider's webhooks and forwards them to the app, as a load balancer does. Requests wait while the app is being restarted:
/// Twilio does not repeat a status callback, so the app would otherwise lose the callbacks of that time.
/// </summary>
public sealed class WebhookProxy : IAsyncDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private static readonly HashSet<string> HopByHopHeaders = new(
        ["Host", "Connection", "Transfer-Encoding", "Keep-Alive", "Expect", "Upgrade"], StringComparer.OrdinalIgnoreCase);

    private readonly HttpClient http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private readonly WebApplication server;
    private volatile Uri? app;

    private WebhookProxy(WebApplication server) => this.server = server;

    /// <summary>The address of the app. While it is null, requests wait.</summary>
    public Uri? App
    {
        get => app;
        set => app = value;
    }

    public Uri Url => new(server.Urls.First());

    /// <summary>How long a request waits for the app. Twilio closes the connection after 15 s.</summary>
    public TimeSpan AppTimeout { get; set; } = TimeSpan.FromSeconds(14);

    /// <summary>Called for each forwarded request with the request, its body and the response. It must not consume the response.</summary>
    public Func<HttpRequest, byte[], HttpResponseMessage, Task>? OnForwarded { get; set; }

    /// <param name="port">The preferred port; 0 for any free port. A free port is also used when this port is taken.</param>
    /// <param name="ct">Cancels the start.</param>
    public static Task<WebhookProxy> StartAsync(int port = 0, CancellationToken ct = default) =>
        Ports.ListenAsync(port, freePort => StartOnAsync(freePort, ct));

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        http.Dispose();
    }

    internal static async Task<WebhookProxy> StartOnAsync(int port, CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var server = builder.Build();
        var proxy = new WebhookProxy(server);
        server.Run(proxy.ForwardAsync);
        try
        {
            await server.StartAsync(ct);
            return proxy;
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }
    }

    private async Task ForwardAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        using var response = await SendAsync(context, body.ToArray());
        if (response is null)
        {
            context.Response.StatusCode = StatusCodes.Status502BadGateway;
            return;
        }

        await (OnForwarded?.Invoke(context.Request, body.ToArray(), response) ?? Task.CompletedTask);
        context.Response.StatusCode = (int)response.StatusCode;
        var headers = response.Headers.Concat(response.Content.Headers);
        foreach (var (name, values) in headers.Where(header => !HopByHopHeaders.Contains(header.Key)))
        {
            context.Response.Headers[name] = values.ToArray();
        }

        await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    /// <returns>Null when the app did not respond within <see cref="AppTimeout"/>.</returns>
    private async Task<HttpResponseMessage?> SendAsync(HttpContext context, byte[] body)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                if (app is { } address)
                {
                    using var request = Copy(context.Request, address, body);
                    return await http.SendAsync(request, context.RequestAborted);
                }
            }
            catch (HttpRequestException)
            {
                // The app is being restarted.
            }

            if (TimeProvider.System.GetElapsedTime(started) > AppTimeout)
            {
                return null;
            }

            await Task.Delay(PollInterval, TimeProvider.System, context.RequestAborted);
        }
    }

    private static HttpRequestMessage Copy(HttpRequest original, Uri app, byte[] body)
    {
        var url = new Uri(app, $"{original.Path.ToUriComponent()}{original.QueryString.ToUriComponent()}");
        var request = new HttpRequestMessage(new HttpMethod(original.Method), url);
        if (body.Length > 0 || original.ContentLength == 0)
        {
            request.Content = new ByteArrayContent(body);
        }

        foreach (var (name, values) in original.Headers.Where(header => !HopByHopHeaders.Contains(header.Key)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
            }
        }

        request.Headers.Host = original.Host.Value;
        return request;
    }
}
