namespace Relais.DevHost.Services;

/// <summary>The command that starts a Functions host.</summary>
/// <param name="File">The program.</param>
/// <param name="Arguments">Creates its arguments from the app's output folder and the port.</param>
public sealed record HostCommand(string File, Func<string, int, IReadOnlyList<string>> Arguments)
{
    /// <summary>The host in src/FunctionsHost, which needs only the .NET SDK.</summary>
    public static HostCommand FunctionsHost { get; } = new(
        Environment.ProcessPath is { } self && Path.GetFileNameWithoutExtension(self) == "dotnet" ? self : "dotnet",
        (folder, port) => [Path.Combine(DevPaths.Output("src", "FunctionsHost"), "FunctionsHost.dll"), folder, "--port", $"{port}"]);

    /// <summary>Azure Functions Core Tools, which start the app in their working directory.</summary>
    /// <returns>Null when they are not installed.</returns>
    public static HostCommand? CoreTools() =>
        Executables.Find("func") is { } func ? new(func, (_, port) => ["start", "--port", $"{port}"]) : null;
}
