using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Relais.Platform.Settings;

namespace Relais.Platform.Telemetry;

/// <summary>
/// Sends traces and metrics over OTLP when a setting names a collector, and the app's own metrics to Application Insights when a setting
/// names it. Without these settings nothing is recorded. The OpenTelemetry SDK itself reads the standard settings: endpoint, headers,
/// name of the service.
/// </summary>
internal static class TelemetryModule
{
    public const string Name = "Relais";

    private static readonly string[] Sources =
        [Name, "Microsoft.Azure.Functions.Worker", "Microsoft.AspNetCore", "System.Net.Http", "Npgsql"];

    private static readonly string[] Meters = [Name, "Microsoft.AspNetCore.Hosting", "System.Net.Http", "Npgsql", "System.Runtime"];

    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidatedOptions<TelemetryOptions>(TelemetryOptions.Section);
        var options = new SettingsSection<TelemetryOptions>(configuration, TelemetryOptions.Section).Read();
        var usesCollector = options.Endpoint is not null;
        // a wrong connection string is reported by the check of all settings
        var usesApplicationInsights = options.UsesApplicationInsights() && !options.Validate(new ValidationContext(options)).Any();
        if (usesCollector)
        {
            services.AddCollector(options.Protocol == TelemetryOptions.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf);
        }

        if (usesApplicationInsights)
        {
            services.AddSingleton(_ => ApplicationInsightsMetrics(options));
        }

        return usesCollector || usesApplicationInsights ? services.AddHostedService<FlushTelemetry>() : services;
    }

    private static void AddCollector(this IServiceCollection services, OtlpExportProtocol protocol) => services.AddOpenTelemetry()
        .ConfigureResource(DescribeApp)
        .WithTracing(traces => traces
            .AddSource(Sources)
            .AddInstrumentation(ListenToExceptions)
            .AddProcessor(new WithoutPersonalData())
            .AddOtlpExporter(exporter => exporter.Protocol = protocol))
        .WithMetrics(metrics => metrics.AddMeter(Meters).AddOtlpExporter(exporter => exporter.Protocol = protocol));

    /// <summary>The SDK disposes the listener together with the provider.</summary>
    private static ActivityListener ListenToExceptions()
    {
        var listener = WithoutPersonalData.ExceptionsByType(Sources);
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    /// <summary>
    /// A provider of its own, because every exporter of a provider gets all its meters. Application Insights gets only the app's own
    /// meters: the host already sends the requests and logs of the worker, and a second copy would be counted and paid twice.
    /// </summary>
    private static MeterProvider ApplicationInsightsMetrics(TelemetryOptions options) => Sdk.CreateMeterProviderBuilder()
        .ConfigureResource(DescribeApp)
        .AddMeter(Name)
        .AddAzureMonitorMetricExporter(exporter =>
        {
            exporter.ConnectionString = options.ApplicationInsights;
            exporter.Credential = options.UsesIdentity() ? ManagedIdentities.Get(options.ClientId()) : null;
            exporter.DisableOfflineStorage = true;
        })
        .Build();

    private static void DescribeApp(ResourceBuilder resource) => resource.AddService("relais").AddEnvironmentVariableDetector();

    /// <summary>Creates the providers when the app starts, and sends what is recorded when it stops.</summary>
    private sealed class FlushTelemetry(IEnumerable<TracerProvider> traces, IEnumerable<MeterProvider> metrics) : IHostedService
    {
        private const int LimitInMilliseconds = 3000;

        private readonly Action[] flushes =
        [
            .. traces.Select(provider => (Action)(() => provider.ForceFlush(LimitInMilliseconds))),
            .. metrics.Select(provider => (Action)(() => provider.ForceFlush(LimitInMilliseconds))),
        ];

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.Run(() => Parallel.Invoke(flushes), CancellationToken.None);
    }
}
