using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
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

/// <summary>
/// A proxy in front of a storage account. It shows the leak detector everything that is written to queues, tables and blobs: work, poison
/// messages, and the messages, history and large payloads of orchestrations.
/// </summary>
internal sealed partial class StorageProxy : IAsyncDisposable
{
    private static readonly string[] Services = ["Blob", "Queue", "Table"];
    private static readonly HashSet<string> ConnectionHeaders = new(
        ["Host", "Connection", "Transfer-Encoding", "Keep-Alive", "Expect"], StringComparer.OrdinalIgnoreCase);
    private static readonly UriCreationOptions UnchangedUri = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly HttpMessageInvoker http = new(
        new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false, ActivityHeadersPropagator = null });
    private readonly Dictionary<int, string> origins = [];
    private readonly WebApplication server;
    private readonly LeakDetector detector;

    private StorageProxy(WebApplication server, LeakDetector detector, string account) =>
        (this.server, this.detector, Account) = (server, detector, account);

    /// <summary>Connection string of the storage account itself.</summary>
    public string Account { get; }

    /// <summary>Every message that was put into a queue, in order.</summary>
    public ConcurrentQueue<QueuedMessage> Messages { get; } = new();

    /// <summary>The outage to simulate; null: requests are forwarded.</summary>
    public Outage? Outage { get; set; }

    public string AccountKey => Key().Match(Account).Groups[1].Value;

    /// <summary>Connection string of the same account through this proxy.</summary>
    public string ConnectionString { get; private set; } = "";

    public static async Task<StorageProxy> StartAsync(LeakDetector detector, string connectionString)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            Array.ForEach(Services, _ => kestrel.Listen(IPAddress.Loopback, 0));
        });
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(200));
        var app = builder.Build();
        var proxy = new StorageProxy(app, detector, connectionString);
        app.Run(proxy.ForwardAsync);
        await app.StartAsync();
        proxy.Redirect();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        http.Dispose();
    }

    private void Redirect()
    {
        ConnectionString = Account;
        foreach (var (service, url) in Services.Zip(server.Urls))
        {
            var origin = Regex.Match(Account, $"{service}Endpoint=(https?://[^/;]+)").Groups[1].Value;
            ConnectionString = ConnectionString.Replace(
                $"{service}Endpoint={origin}", $"{service}Endpoint={url}", StringComparison.Ordinal);
            origins[new Uri(url).Port] = origin;
        }
    }

    private async Task ForwardAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        if (Outage is { } outage)
        {
            await (outage == Leaks.Outage.Silent ? Task.Delay(Timeout.Infinite, context.RequestAborted) : Task.CompletedTask);
            context.Abort();
            return;
        }

        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        Keep(target, context.Request.Headers.ContentEncoding, body.ToArray());
        using var request = new HttpRequestMessage(
            new HttpMethod(context.Request.Method), new Uri(origins[context.Connection.LocalPort] + target, UnchangedUri));
        request.Content = body.Length > 0 || context.Request.ContentLength == 0 ? new ByteArrayContent(body.ToArray()) : null;
        foreach (var (name, values) in context.Request.Headers.Where(header => !ConnectionHeaders.Contains(header.Key)))
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
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(
            header => !ConnectionHeaders.Contains(header.Key)))
        {
            context.Response.Headers[name] = values.ToArray();
        }

        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private void Keep(string target, string? encoding, byte[] body)
    {
        // Leave out the keys of a table row, which differ from write to write.
        var path = target.Split('?', '(')[0];
        if (body.Length == 0)
        {
            return;
        }

        var text = Encoding.UTF8.GetString(encoding == "gzip" ? Decompress(body) : body);
        if (MessageText().Match(text) is not { Success: true } message)
        {
            detector.Keep($"what was written to {path}", text);
            return;
        }

        var bytes = new byte[message.Groups[1].Length];
        var isBase64 = Convert.TryFromBase64String(message.Groups[1].Value, bytes, out var length);
        var queued = new QueuedMessage(path.Split('/')[^2], isBase64 ? Encoding.UTF8.GetString(bytes, 0, length) : message.Groups[1].Value);
        Messages.Enqueue(queued);
        detector.Keep($"a message of the queue {queued.Queue}", queued.Text);
    }

    private static byte[] Decompress(byte[] body)
    {
        using var gzip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        gzip.CopyTo(plain);
        return plain.ToArray();
    }

    [GeneratedRegex("AccountKey=([^;]+)")]
    private static partial Regex Key();

    [GeneratedRegex("<MessageText>(.*?)</MessageText>", RegexOptions.Singleline)]
    private static partial Regex MessageText();
}

/// <summary>How a failing storage account behaves.</summary>
internal enum Outage
{
    /// <summary>It closes each connection.</summary>
    Gone,

    /// <summary>It reads the request and never answers.</summary>
    Silent,
}

/// <param name="Queue">Name of the queue.</param>
/// <param name="Text">Decoded text of the message.</param>
public sealed record QueuedMessage(string Queue, string Text);
