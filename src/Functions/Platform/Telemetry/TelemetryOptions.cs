using System.ComponentModel.DataAnnotations;
using System.Data.Common;
using Relais.Platform.Settings;

namespace Relais.Platform.Telemetry;

/// <summary>
/// These settings say where traces and metrics go. The names are those of the OpenTelemetry standard, and on Azure those of the Functions
/// host.
/// </summary>
internal sealed class TelemetryOptions : IValidatableObject
{
    public const string Section = "";
    public const string Grpc = "grpc";
    public const string HttpProtobuf = "http/protobuf";

    private const string ConnectionStringName = "APPLICATIONINSIGHTS_CONNECTION_STRING";
    private const string AuthenticationName = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";

    /// <summary>The collector; empty: no telemetry over OTLP.</summary>
    [ConfigurationKeyName("OTEL_EXPORTER_OTLP_ENDPOINT")]
    [HttpAddress]
    public Uri? Endpoint { get; init; }

    /// <summary>What the collector speaks.</summary>
    [ConfigurationKeyName("OTEL_EXPORTER_OTLP_PROTOCOL")]
    [AllowedValues(HttpProtobuf, Grpc, "", ErrorMessage = "{0} must be http/protobuf or grpc.")]
    public string Protocol { get; init; } = HttpProtobuf;

    /// <summary>Application Insights gets the app's own metrics; the host sends requests and logs there by itself. Empty: none.</summary>
    [ConfigurationKeyName(ConnectionStringName)]
    public string? ApplicationInsights { get; init; }

    /// <summary>
    /// This names the managed identity that sends the metrics, as the host writes it: ClientId=…;Authorization=AAD. When it is empty, the
    /// connection string is enough.
    /// </summary>
    [ConfigurationKeyName(AuthenticationName)]
    public string? Authentication { get; init; }

    public bool UsesApplicationInsights() => !string.IsNullOrWhiteSpace(ApplicationInsights);

    public bool UsesIdentity() => !string.IsNullOrWhiteSpace(Authentication);

    /// <summary>Client id of the managed identity; null: that of the app itself.</summary>
    public string? ClientId() => Read(Authentication)?.GetValueOrDefault("ClientId");

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (UsesApplicationInsights() && !Guid.TryParse(Read(ApplicationInsights)?.GetValueOrDefault("InstrumentationKey"), out _))
        {
            yield return new ValidationResult(
                $"{ConnectionStringName} is not a connection string of Application Insights " +
                "such as InstrumentationKey=…;IngestionEndpoint=….");
        }

        if (!UsesIdentity())
        {
            yield break;
        }

        var words = Read(Authentication);
        if (words?.GetValueOrDefault("Authorization") != "AAD"
            || (words.GetValueOrDefault("ClientId") is { } id && !ManagedIdentities.IsClientId(id)))
        {
            yield return new ValidationResult(
                $"{AuthenticationName} must be Authorization=AAD, " +
                "or ClientId=…;Authorization=AAD with the client id of a managed identity.");
        }
        else if (!UsesApplicationInsights())
        {
            yield return new ValidationResult($"{AuthenticationName} is set, but {ConnectionStringName} is missing. Set both or none.");
        }
    }

    private static Dictionary<string, string>? Read(string? text)
    {
        try
        {
            var words = new DbConnectionStringBuilder { ConnectionString = text };
            return words.Keys.Cast<string>().ToDictionary(key => key, key => words[key].ToString()!, StringComparer.OrdinalIgnoreCase);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
