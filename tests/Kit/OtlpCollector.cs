using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Relais.Kit;

/// <summary>Receives the OTLP/HTTP exports of an app and keeps the raw bytes, for tests that search them for values.</summary>
public sealed class OtlpCollector : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<byte[]> bodies = new();
    private readonly Action<byte[]>? onBody;

    private OtlpCollector(WebApplication app, Action<byte[]>? onBody) => (this.app, this.onBody) = (app, onBody);

    public Uri Url => new(app.Urls.First());

    /// <summary>All received exports. Protobuf bytes are read as Latin-1, so that each text in them can be searched for.</summary>
    public string Text => string.Concat(bodies.Select(Encoding.Latin1.GetString));

    /// <param name="onBody">Receives each export when it arrives.</param>
    public static async Task<OtlpCollector> StartAsync(Action<byte[]>? onBody = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(200));
        var collector = new OtlpCollector(builder.Build(), onBody);
        collector.app.Run(collector.KeepAsync);
        await collector.app.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task KeepAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        bodies.Enqueue(body.ToArray());
        onBody?.Invoke(body.ToArray());
        http.Response.ContentType = "application/x-protobuf";
    }
}
