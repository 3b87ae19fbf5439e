using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Relais.Platform.Telemetry;

/// <summary>A local server replaces the ingestion endpoint of Application Insights.</summary>
public sealed class ApplicationInsightsTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<string> received = new();
    private WebApplication endpoint = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        endpoint = builder.Build();
        endpoint.Run(ReceiveAsync);
        await endpoint.StartAsync();
    }

    public async Task DisposeAsync() => await endpoint.DisposeAsync();

    [Fact]
    public async Task The_metrics_of_the_app_arrive_with_their_names()
    {
        await using var services = Services(("APPLICATIONINSIGHTS_CONNECTION_STRING", ConnectionString));
        var exporter = Assert.Single(services.GetServices<IHostedService>());
        await exporter.StartAsync(default);
        using var other = new Meter("System.Net.Http");

        services.GetRequiredService<IMeterFactory>().Create("Relais").CreateCounter<long>("webhook_events_failed").Add(3);
        other.CreateCounter<long>("http_calls").Add(1);
        await exporter.StopAsync(default);

        var all = string.Concat(received);
        Assert.Contains("\"name\":\"webhook_events_failed\"", all, StringComparison.Ordinal);
        Assert.Contains("\"value\":3", all, StringComparison.Ordinal);
        Assert.DoesNotContain("http_calls", all, StringComparison.Ordinal);
    }

    [Fact]
    public void Traces_are_left_to_the_host()
    {
        using var services = Services(("APPLICATIONINSIGHTS_CONNECTION_STRING", ConnectionString));

        Assert.Single(services.GetServices<MeterProvider>());
        Assert.Empty(services.GetServices<TracerProvider>());
    }

    [Fact]
    public void A_collector_and_Application_Insights_both_get_metrics()
    {
        using var services = Services(
            ("APPLICATIONINSIGHTS_CONNECTION_STRING", ConnectionString), ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.Urls.First()));

        Assert.Equal(2, services.GetServices<MeterProvider>().Count());
        Assert.Single(services.GetServices<TracerProvider>());
    }

    [Fact]
    public void Without_a_setting_no_metrics_are_exported()
    {
        using var services = Services();

        Assert.Empty(services.GetServices<MeterProvider>());
        Assert.Empty(services.GetServices<IHostedService>());
    }

    private string ConnectionString =>
        $"InstrumentationKey=0f8fad5b-d9cb-469f-a165-70867728950e;IngestionEndpoint={endpoint.Urls.First()}/";

    private static ServiceProvider Services(params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>(setting.Name, setting.Value)))
            .Build();
        return new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddMetrics().AddTelemetry(configuration)
            .BuildServiceProvider();
    }

    private async Task ReceiveAsync(HttpContext http)
    {
        var body = http.Request.Headers.ContentEncoding == "gzip"
            ? new GZipStream(http.Request.Body, CompressionMode.Decompress)
            : http.Request.Body;
        using var reader = new StreamReader(body);
        received.Enqueue(await reader.ReadToEndAsync());
        await http.Response.WriteAsync("{\"itemsReceived\":1,\"itemsAccepted\":1,\"errors\":[]}");
    }
}
