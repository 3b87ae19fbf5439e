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
    /// <exception cref="DevServiceException">They are not on the PATH.</exception>
    public static HostCommand CoreTools() => new(
        Executables.Find("func") ?? throw new DevServiceException("The program func (Azure Functions Core Tools) is not on the PATH: install it, or leave out --host func."),
        (_, port) => ["start", "--port", $"{port}"]);
}
