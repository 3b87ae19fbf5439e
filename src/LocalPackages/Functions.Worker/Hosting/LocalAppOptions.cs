using System.Reflection;

namespace Microsoft.Azure.Functions.Worker.Hosting;

/// <summary>What a test may put in place of the entry assembly and its folder.</summary>
internal sealed record LocalAppOptions
{
    public Assembly Assembly { get; init; } = Assembly.GetEntryAssembly() ?? throw new InvalidOperationException("There is no entry assembly to find functions in.");

    /// <summary>The classes to take functions from; all of the assembly when null.</summary>
    public IReadOnlyList<Type>? FunctionTypes { get; init; }

    public bool DiscoverExtensions { get; init; } = true;

    /// <summary>Where host.json and local.settings.json are.</summary>
    public string Directory { get; init; } = Environment.GetEnvironmentVariable("AzureWebJobsScriptRoot") is { Length: > 0 } root ? root : AppContext.BaseDirectory;
}
