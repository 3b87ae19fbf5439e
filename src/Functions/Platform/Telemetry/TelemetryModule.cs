using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Relais.Platform.Settings;

namespace Relais.Platform.Telemetry;

/// <summary>
/// Traces and metrics over OTLP, where a setting names a collector; otherwise nothing listens and nothing is paid for.
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
        if (options.Endpoint is not { } endpoint)
        {
            return services;
        }

        var grpc = options.Protocol == TelemetryOptions.Grpc;
        return services
            .AddSingleton(_ => Traces(endpoint, grpc))
            .AddSingleton(_ => Measures(endpoint, grpc))
            .AddHostedService<Exporters>();
    }

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
    private sealed class Exporters(TracerProvider traces, MeterProvider measures) : IHostedService, IDisposable
    {
        private const int FlushMilliseconds = 3000;

        private readonly ActivityListener exceptions = WithoutPersonalData.ExceptionsByType(Sources);

        public Task StartAsync(CancellationToken cancellationToken)
        {
            ActivitySource.AddActivityListener(exceptions);
            return Task.CompletedTask;
        }

        public void Dispose() => exceptions.Dispose();

        public Task StopAsync(CancellationToken cancellationToken) => Task.Run(
            () =>
            {
                traces.ForceFlush(FlushMilliseconds);
                measures.ForceFlush(FlushMilliseconds);
            },
            CancellationToken.None);
    }
}
