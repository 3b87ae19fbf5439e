using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Relais.Health;

/// <summary>The response of the liveness check, which checks no dependency.</summary>
internal sealed record LiveView([property: AllowedValues("alive")] string Status);

/// <summary>The response of the readiness check: ready if all dependencies are available.</summary>
internal sealed record ReadyView([property: AllowedValues("ready", "not_ready")] string Status, IReadOnlyList<DependencyView> Dependencies)
{
    public static ReadyView From(IReadOnlyList<DependencyView> dependencies) =>
        new(dependencies.All(dependency => dependency.State == DependencyView.Ok) ? "ready" : "not_ready", dependencies);

    [JsonIgnore]
    public bool IsReady => Status == "ready";
}

/// <summary>The state of a service that the app needs.</summary>
internal sealed record DependencyView(
    [property: AllowedValues("database", "storage")] string Name,
    [property: AllowedValues(DependencyView.Ok, DependencyView.Unavailable, DependencyView.TimedOut)] string State)
{
    public const string Ok = "ok";

    /// <summary>The dependency refused the check or could not be reached.</summary>
    public const string Unavailable = "unavailable";

    /// <summary>The dependency did not answer in time.</summary>
    public const string TimedOut = "timeout";
}
