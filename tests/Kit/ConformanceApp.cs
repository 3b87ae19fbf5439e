using Relais.DevHost.Services;

namespace Relais.Kit;

/// <summary>Starts the app under tests/Conformance/App, whose functions do little and record the inputs that they receive.</summary>
public static class ConformanceApp
{
    public static FunctionsAppOptions Options { get; } = new()
    {
        Folder = DevPaths.Output("tests", "Conformance", "App"),
        HealthPath = "/api/ping",
    };
}
