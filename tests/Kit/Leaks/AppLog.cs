namespace Relais.Kit.Leaks;

/// <summary>Everything that a process of the app writes, in a file that goes when it is disposed.</summary>
public sealed class AppLog : IDisposable
{
    private readonly Lock gate = new();
    private readonly string path = Path.Combine(Path.GetTempPath(), $"relais-app-{Environment.ProcessId}-{Guid.NewGuid():N}.log");
    private readonly StreamWriter writer;
    private bool disposed;

    public AppLog() => writer = new StreamWriter(path);

    /// <summary>Of every logger and level, one line each, with their scopes.</summary>
    public static IReadOnlyDictionary<string, string?> Verbose { get; } = new Dictionary<string, string?>
    {
        ["Logging__LogLevel__Default"] = "Trace",
        ["Logging__Console__LogLevel__Default"] = "Trace",
        ["Logging__Console__FormatterName"] = "simple",
        ["Logging__Console__FormatterOptions__SingleLine"] = "true",
        ["Logging__Console__FormatterOptions__IncludeScopes"] = "true",
        ["Logging__Console__FormatterOptions__ColorBehavior"] = "Disabled",
    };

    /// <summary>What host.json quietens by name; a shell drops environment variables with dots.</summary>
    public static IReadOnlyList<string> VerboseArguments { get; } =
        [.. new[] { "Microsoft.AspNetCore", "Host.Aggregator", "Azure.Core", "DurableTask" }.Select(name => $"--Logging:Console:LogLevel:{name}=Trace")];

    public void Write(string line)
    {
        lock (gate)
        {
            // the last lines of a process may come after its end
            if (!disposed)
            {
                writer.WriteLine(line);
            }
        }
    }

    public IEnumerable<string> Lines()
    {
        lock (gate)
        {
            writer.Flush();
        }

        return File.ReadLines(path);
    }

    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            writer.Dispose();
        }

        File.Delete(path);
    }
}
