using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Relais.Health;

/// <summary>The process answers; nothing else was looked at.</summary>
internal sealed record LiveView([property: AllowedValues("alive")] string Status);

/// <summary>Whether the app can do its work.</summary>
internal sealed record ReadyView([property: AllowedValues("ready", "not_ready")] string Status, IReadOnlyList<DependencyView> Dependencies)
{
    public static ReadyView From(IReadOnlyList<DependencyView> dependencies) =>
        new(dependencies.All(dependency => dependency.State == DependencyView.Ok) ? "ready" : "not_ready", dependencies);

    [JsonIgnore]
    public bool IsReady => Status == "ready";
}

/// <summary>One thing without which the app cannot work.</summary>
internal sealed record DependencyView(
    [property: AllowedValues("database", "storage")] string Name,
    [property: AllowedValues(DependencyView.Ok, DependencyView.Unavailable, DependencyView.TimedOut)] string State)
{
    public const string Ok = "ok";

    /// <summary>It refused, or there is no way to it.</summary>
    public const string Unavailable = "unavailable";

    /// <summary>It did not answer in time.</summary>
    public const string TimedOut = "timeout";
}
