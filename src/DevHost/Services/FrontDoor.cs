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
public sealed class FrontDoor : IAsyncDisposable
{
    /// <summary>Twilio itself hangs up after 15 s.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(14);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private static readonly HashSet<string> OfTheConnection = new(["Host", "Connection", "Transfer-Encoding", "Keep-Alive", "Expect", "Upgrade"], StringComparer.OrdinalIgnoreCase);

    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(1) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private readonly WebApplication door;
    private readonly Uri app;

    private FrontDoor(WebApplication door, Uri app)
    {
        this.door = door;
        this.app = app;
    }

    public Uri Url => new(door.Urls.First());

    /// <summary>Shown each request that was answered: the request, its body, and the answer, which it must leave readable.</summary>
    public Func<HttpRequest, byte[], HttpResponseMessage, Task>? Passed { get; set; }

    /// <param name="app">Where the app listens, whenever it does.</param>
    /// <param name="port">0 is any free port.</param>
    public static async Task<FrontDoor> StartAsync(Uri app, int port = 0, CancellationToken ct = default)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var door = builder.Build();
        var front = new FrontDoor(door, app);
        door.Run(front.ForwardAsync);
        await door.StartAsync(ct);
        return front;
    }

    public async ValueTask DisposeAsync()
    {
        await door.DisposeAsync();
        http.Dispose();
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

        await (Passed?.Invoke(context.Request, body.ToArray(), response) ?? Task.CompletedTask);
        context.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers).Where(header => !OfTheConnection.Contains(header.Key)))
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
                using var request = Copy(context.Request, body);
                return await http.SendAsync(request, context.RequestAborted);
            }
            catch (HttpRequestException)
            {
                if (TimeProvider.System.GetElapsedTime(since) > Patience)
                {
                    return null;
                }
            }

            await Task.Delay(Poll, TimeProvider.System, context.RequestAborted);
        }
    }

    private HttpRequestMessage Copy(HttpRequest from, byte[] body)
    {
        var request = new HttpRequestMessage(new HttpMethod(from.Method), new Uri(app, $"{from.Path.ToUriComponent()}{from.QueryString.ToUriComponent()}"));
        if (body.Length > 0 || from.ContentLength == 0)
        {
            request.Content = new ByteArrayContent(body);
        }

        foreach (var (name, values) in from.Headers.Where(header => !OfTheConnection.Contains(header.Key)))
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
