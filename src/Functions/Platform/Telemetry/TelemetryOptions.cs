using System.ComponentModel.DataAnnotations;
using Relais.Platform.Settings;

namespace Relais.Platform.Telemetry;

/// <summary>Where traces and metrics go. The names are those of the OpenTelemetry standard.</summary>
internal sealed class TelemetryOptions
{
    public const string Section = "";
    public const string Grpc = "grpc";
    public const string HttpProtobuf = "http/protobuf";

    /// <summary>The collector; empty: no telemetry.</summary>
    [ConfigurationKeyName("OTEL_EXPORTER_OTLP_ENDPOINT")]
    [HttpAddress]
    public Uri? Endpoint { get; init; }

    /// <summary>What the collector speaks.</summary>
    [ConfigurationKeyName("OTEL_EXPORTER_OTLP_PROTOCOL")]
    [AllowedValues(HttpProtobuf, Grpc, "", ErrorMessage = "{0} must be http/protobuf or grpc.")]
    public string Protocol { get; init; } = HttpProtobuf;
}
