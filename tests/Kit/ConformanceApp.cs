using Relais.DevHost.Services;

namespace Relais.Kit;

/// <summary>The app under tests/Conformance/App, whose functions do little and record what they see.</summary>
public static class ConformanceApp
{
    public static FunctionsAppOptions Options { get; } = new() { Folder = DevPaths.Output("tests", "Conformance", "App"), HealthPath = "/api/ping" };
}
