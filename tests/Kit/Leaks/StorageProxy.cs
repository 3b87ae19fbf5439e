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
/// Stands before a storage account and shows the watch all that is written to its queues, tables and blobs: work, poison messages, and the messages,
/// history and large payloads of orchestrations.
/// </summary>
internal sealed partial class StorageProxy : IAsyncDisposable
{
    private static readonly string[] Services = ["Blob", "Queue", "Table"];
    private static readonly HashSet<string> OfTheConnection = new(["Host", "Connection", "Transfer-Encoding", "Keep-Alive", "Expect"], StringComparer.OrdinalIgnoreCase);
    private static readonly UriCreationOptions AsGiven = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly HttpMessageInvoker http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false, ActivityHeadersPropagator = null });
    private readonly Dictionary<int, string> origins = [];
    private readonly WebApplication tap;
    private readonly LeakDetector watch;

    private StorageProxy(WebApplication tap, LeakDetector watch, string account) => (this.tap, this.watch, Account) = (tap, watch, account);

    /// <summary>The account itself.</summary>
    public string Account { get; }

    /// <summary>Each message that was put into a queue, in order.</summary>
    public ConcurrentQueue<QueuedMessage> Messages { get; } = new();

    /// <summary>What an outage does to a request; null: there is none.</summary>
    public Outage? Outage { get; set; }

    public string AccountKey => Key().Match(Account).Groups[1].Value;

    /// <summary>The same account, through here.</summary>
    public string ConnectionString { get; private set; } = "";

    public static async Task<StorageProxy> StartAsync(LeakDetector watch, string connectionString)
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
        var tap = new StorageProxy(app, watch, connectionString);
        app.Run(tap.ForwardAsync);
        await app.StartAsync();
        tap.Redirect();
        return tap;
    }

    public async ValueTask DisposeAsync()
    {
        await tap.DisposeAsync();
        http.Dispose();
    }

    private void Redirect()
    {
        ConnectionString = Account;
        foreach (var (service, url) in Services.Zip(tap.Urls))
        {
            var origin = Regex.Match(Account, $"{service}Endpoint=(https?://[^/;]+)").Groups[1].Value;
            ConnectionString = ConnectionString.Replace($"{service}Endpoint={origin}", $"{service}Endpoint={url}", StringComparison.Ordinal);
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
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(origins[context.Connection.LocalPort] + target, AsGiven));
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

    private void Keep(string target, string? encoding, byte[] body)
    {
        // without the keys of a row, which differ from write to write
        var path = target.Split('?', '(')[0];
        if (body.Length == 0)
        {
            return;
        }

        var text = Encoding.UTF8.GetString(encoding == "gzip" ? Unzipped(body) : body);
        if (MessageText().Match(text) is not { Success: true } message)
        {
            watch.Keep($"what was written to {path}", text);
            return;
        }

        var bytes = new byte[message.Groups[1].Length];
        var isBase64 = Convert.TryFromBase64String(message.Groups[1].Value, bytes, out var length);
        var queued = new QueuedMessage(path.Split('/')[^2], isBase64 ? Encoding.UTF8.GetString(bytes, 0, length) : message.Groups[1].Value);
        Messages.Enqueue(queued);
        watch.Keep($"a message of the queue {queued.Queue}", queued.Text);
    }

    private static byte[] Unzipped(byte[] body)
    {
        using var unzip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        unzip.CopyTo(plain);
        return plain.ToArray();
    }

    [GeneratedRegex("AccountKey=([^;]+)")]
    private static partial Regex Key();

    [GeneratedRegex("<MessageText>(.*?)</MessageText>", RegexOptions.Singleline)]
    private static partial Regex MessageText();
}

/// <summary>How a storage account that does not work answers.</summary>
internal enum Outage
{
    /// <summary>It cuts each connection.</summary>
    Gone,

    /// <summary>It takes the request and never answers.</summary>
    Silent,
}

/// <param name="Queue">Its name.</param>
/// <param name="Text">What was put into it, decoded.</param>
public sealed record QueuedMessage(string Queue, string Text);
