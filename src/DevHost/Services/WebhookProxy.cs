using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Relais.DevHost.Services;

/// <summary>
/// The address that providers call, as a load balancer has it: a request that comes while the app is being started again waits for it.
/// Twilio does not repeat a status callback, so without it an app that is away for a second never hears of what it missed.
/// </summary>
public sealed class WebhookProxy : IAsyncDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private static readonly HashSet<string> HopByHopHeaders = new(["Host", "Connection", "Transfer-Encoding", "Keep-Alive", "Expect", "Upgrade"], StringComparer.OrdinalIgnoreCase);

    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(1) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private readonly WebApplication door;
    private volatile Uri? app;

    private WebhookProxy(WebApplication door) => this.door = door;

    /// <summary>Where the app listens; requests that come before it is known wait.</summary>
    public Uri? App
    {
        get => app;
        set => app = value;
    }

    public Uri Url => new(door.Urls.First());

    /// <summary>How long a request waits for the app. Twilio itself hangs up after 15 s.</summary>
    public TimeSpan AppTimeout { get; set; } = TimeSpan.FromSeconds(14);

    /// <summary>Shown each request that was answered: the request, its body, and the answer, which it must leave readable.</summary>
    public Func<HttpRequest, byte[], HttpResponseMessage, Task>? OnForwarded { get; set; }

    /// <param name="port">Wanted port; another one is taken when it is in use. 0: any free port.</param>
    /// <param name="ct">Cancels.</param>
    public static Task<WebhookProxy> StartAsync(int port = 0, CancellationToken ct = default) => Ports.ListenAsync(port, free => StartOnAsync(free, ct));

    public async ValueTask DisposeAsync()
    {
        await door.DisposeAsync();
        http.Dispose();
    }

    internal static async Task<WebhookProxy> StartOnAsync(int port, CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var door = builder.Build();
        var front = new WebhookProxy(door);
        door.Run(front.ForwardAsync);
        try
        {
            await door.StartAsync(ct);
            return front;
        }
        catch
        {
            await front.DisposeAsync();
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
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers).Where(header => !HopByHopHeaders.Contains(header.Key)))
        {
            context.Response.Headers[name] = values.ToArray();
        }

        await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private async Task<HttpResponseMessage?> SendAsync(HttpContext context, byte[] body)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                if (app is { } there)
                {
                    using var request = Copy(context.Request, there, body);
                    return await http.SendAsync(request, context.RequestAborted);
                }
            }
            catch (HttpRequestException)
            {
                // it is being started again
            }

            if (TimeProvider.System.GetElapsedTime(since) > AppTimeout)
            {
                return null;
            }

            await Task.Delay(Poll, TimeProvider.System, context.RequestAborted);
        }
    }

    private static HttpRequestMessage Copy(HttpRequest from, Uri app, byte[] body)
    {
        var request = new HttpRequestMessage(new HttpMethod(from.Method), new Uri(app, $"{from.Path.ToUriComponent()}{from.QueryString.ToUriComponent()}"));
        if (body.Length > 0 || from.ContentLength == 0)
        {
            request.Content = new ByteArrayContent(body);
        }

        foreach (var (name, values) in from.Headers.Where(header => !HopByHopHeaders.Contains(header.Key)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
            }
        }

        request.Headers.Host = from.Host.Value;
        return request;
    }
}
