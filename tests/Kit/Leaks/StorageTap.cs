using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Relais.Kit.Leaks;

/// <summary>Stands before the queues of a storage account and shows the watch every message that is put into one, poison queues too.</summary>
internal sealed partial class StorageTap : IAsyncDisposable
{
    private static readonly HashSet<string> OfTheConnection = new(["Host", "Connection", "Transfer-Encoding", "Keep-Alive", "Expect"], StringComparer.OrdinalIgnoreCase);
    private static readonly UriCreationOptions AsGiven = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly HttpMessageInvoker http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false, ActivityHeadersPropagator = null });
    private readonly WebApplication tap;
    private readonly LeakWatch watch;
    private readonly string queues;

    private StorageTap(WebApplication tap, LeakWatch watch, string account, string queues) => (this.tap, this.watch, Account, this.queues) = (tap, watch, account, queues);

    /// <summary>The account itself.</summary>
    public string Account { get; }

    /// <summary>The path of each message that was put into a queue, in order.</summary>
    public ConcurrentQueue<string> Messages { get; } = new();

    public string AccountKey => Key().Match(Account).Groups[1].Value;

    /// <summary>The same account, its queues through here.</summary>
    public string ConnectionString => Account.Replace($"QueueEndpoint={queues}", $"QueueEndpoint={tap.Urls.First()}", StringComparison.Ordinal);

    public static async Task<StorageTap> StartAsync(LeakWatch watch, string connectionString)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(200));
        var app = builder.Build();
        var origin = QueueOrigin().Match(connectionString).Groups[1].Value;
        var tap = new StorageTap(app, watch, connectionString, origin);
        app.Run(tap.ForwardAsync);
        await app.StartAsync();
        return tap;
    }

    public async ValueTask DisposeAsync()
    {
        await tap.DisposeAsync();
        http.Dispose();
    }

    private async Task ForwardAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        Keep(target, body.ToArray());
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(queues + target, AsGiven));
        request.Content = body.Length > 0 || context.Request.ContentLength == 0 ? new ByteArrayContent(body.ToArray()) : null;
        foreach (var (name, values) in context.Request.Headers.Where(header => !OfTheConnection.Contains(header.Key)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        try
        {
            using var answer = await http.SendAsync(request, context.RequestAborted);
            await AnswerAsync(context, answer);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            context.Abort();
        }
    }

    private static async Task AnswerAsync(HttpContext context, HttpResponseMessage answer)
    {
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(header => !OfTheConnection.Contains(header.Key)))
        {
            context.Response.Headers[name] = values.ToArray();
        }

        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private void Keep(string target, byte[] body)
    {
        var queue = target.Split('?')[0];
        if (body.Length == 0)
        {
            return;
        }

        var text = Encoding.UTF8.GetString(body);
        if (MessageText().Match(text) is not { Success: true } message)
        {
            watch.Keep($"what was sent to {queue}", text);
            return;
        }

        var bytes = new byte[message.Groups[1].Length];
        Messages.Enqueue(queue);
        var isBase64 = Convert.TryFromBase64String(message.Groups[1].Value, bytes, out var length);
        watch.Keep($"a message of {queue}", isBase64 ? Encoding.UTF8.GetString(bytes, 0, length) : message.Groups[1].Value);
    }

    [GeneratedRegex(@"QueueEndpoint=(https?://[^/;]+)")]
    private static partial Regex QueueOrigin();

    [GeneratedRegex("AccountKey=([^;]+)")]
    private static partial Regex Key();

    [GeneratedRegex("<MessageText>(.*?)</MessageText>", RegexOptions.Singleline)]
    private static partial Regex MessageText();
}
