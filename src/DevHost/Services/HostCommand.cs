namespace Relais.DevHost.Services;

/// <summary>How a Functions host is started on the output folder of an app and a port.</summary>
/// <param name="File">The program.</param>
/// <param name="Arguments">Its arguments, of the folder and the port.</param>
public sealed record HostCommand(string File, Func<string, int, IReadOnlyList<string>> Arguments)
{
    /// <summary>src/FunctionsHost, which needs nothing but the .NET SDK.</summary>
    public static HostCommand FunctionsHost { get; } = new(
        Environment.ProcessPath is { } self && Path.GetFileNameWithoutExtension(self) == "dotnet" ? self : "dotnet",
        (folder, port) => [Path.Combine(DevPaths.Output("src", "FunctionsHost"), "FunctionsHost.dll"), folder, "--port", $"{port}"]);

    /// <summary>Azure Functions Core Tools, where they are installed; they start in the folder of the app.</summary>
    /// <returns>Null where they are not on the PATH.</returns>
    public static HostCommand? CoreTools() => Executables.Find("func") is { } func ? new(func, (_, port) => ["start", "--port", $"{port}"]) : null;
}
