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
/// Traces and metrics over OTLP, where a setting names a collector, and the app's own metrics to Application Insights, where a setting names that.
/// Without these settings nothing listens and nothing is paid for.
/// Headers and the service's name are read from the environment as the standard says.
/// </summary>
internal static class TelemetryModule
{
    public const string Name = "Relais";

    private static readonly string[] Sources = [Name, "Microsoft.Azure.Functions.Worker", "Microsoft.AspNetCore", "System.Net.Http", "Npgsql"];
    private static readonly string[] Meters = [Name, "Microsoft.AspNetCore.Hosting", "System.Net.Http", "Npgsql", "System.Runtime"];

    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidatedOptions<TelemetryOptions>(TelemetryOptions.Section);
        var options = new SettingsSection<TelemetryOptions>(configuration, TelemetryOptions.Section).Read();
        if (options.Endpoint is { } endpoint)
        {
            var grpc = options.Protocol == TelemetryOptions.Grpc;
            services.AddSingleton(_ => Traces(endpoint, grpc)).AddSingleton(_ => Measures(endpoint, grpc));
        }

        // a wrong connection string is reported by the check of all settings
        if (options.UsesApplicationInsights() && !options.Validate(new ValidationContext(options)).Any())
        {
            services.AddSingleton(_ => MeasuresOfAzure(options));
        }

        return services.Any(service => service.ServiceType == typeof(MeterProvider)) ? services.AddHostedService<Exporters>() : services;
    }

    /// <summary>
    /// The host already sends the requests and the logs of the worker: a second copy would be counted and paid twice. Metrics that do not change are
    /// not sent.
    /// </summary>
    internal static MeterProvider MeasuresOfAzure(TelemetryOptions options) => Sdk.CreateMeterProviderBuilder()
        .ConfigureResource(Resource)
        .AddMeter(Name)
        .AddAzureMonitorMetricExporter(exporter =>
        {
            exporter.ConnectionString = options.ApplicationInsights;
            exporter.Credential = options.UsesIdentity() ? ManagedIdentities.Get(options.ClientId()) : null;
            exporter.DisableOfflineStorage = true;
        })
        .Build();

    private static TracerProvider Traces(Uri endpoint, bool grpc) => Sdk.CreateTracerProviderBuilder()
        .ConfigureResource(Resource)
        .AddSource(Sources)
        .AddProcessor(new WithoutPersonalData())
        .AddOtlpExporter(exporter => Point(exporter, endpoint, grpc, "v1/traces"))
        .Build();

    private static MeterProvider Measures(Uri endpoint, bool grpc) => Sdk.CreateMeterProviderBuilder()
        .ConfigureResource(Resource)
        .AddMeter(Meters)
        .AddOtlpExporter(exporter => Point(exporter, endpoint, grpc, "v1/metrics"))
        .Build();

    private static void Resource(ResourceBuilder resource) => resource.AddService("relais").AddEnvironmentVariableDetector();

    private static void Point(OtlpExporterOptions exporter, Uri endpoint, bool grpc, string path)
    {
        exporter.Protocol = grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = grpc ? endpoint : new Uri($"{endpoint.ToString().TrimEnd('/')}/{path}");
    }

    /// <summary>Starts them with the app, and lets them send what is left when it ends.</summary>
    private sealed class Exporters(IEnumerable<TracerProvider> traces, IEnumerable<MeterProvider> measures) : IHostedService, IDisposable
    {
        private const int FlushMilliseconds = 3000;

        private readonly List<TracerProvider> traces = [.. traces];
        private readonly List<MeterProvider> measures = [.. measures];
        private readonly ActivityListener exceptions = WithoutPersonalData.ExceptionsByType(Sources);

        public Task StartAsync(CancellationToken cancellationToken)
        {
            if (traces.Count > 0)
            {
                ActivitySource.AddActivityListener(exceptions);
            }

            return Task.CompletedTask;
        }

        public void Dispose() => exceptions.Dispose();

        public Task StopAsync(CancellationToken cancellationToken) => Task.Run(
            () =>
            {
                Parallel.Invoke(
                [
                    .. traces.Select(provider => (Action)(() => provider.ForceFlush(FlushMilliseconds))),
                    .. measures.Select(provider => (Action)(() => provider.ForceFlush(FlushMilliseconds))),
                ]);
            },
            CancellationToken.None);
    }
}
