namespace Relais.Kit.Leaks;

/// <summary>Everything that a process of the app writes, in a file that goes when it is disposed.</summary>
public sealed class AppLog : IDisposable
{
    private readonly Lock gate = new();
    private readonly string path = Path.Combine(Path.GetTempPath(), $"relais-app-{Environment.ProcessId}-{Guid.NewGuid():N}.log");
    private readonly StreamWriter writer;
    private bool disposed;

    public AppLog() => writer = new StreamWriter(path);

    /// <summary>Every logger and level of the worker, and those of the host that host.json does not name.</summary>
    public static IReadOnlyDictionary<string, string?> Verbose { get; } = new Dictionary<string, string?>
    {
        ["Logging__LogLevel__Default"] = "Trace",
        ["AzureFunctionsJobHost__logging__logLevel__default"] = "Trace",
    };

    /// <summary>What host.json quietens by name; a shell drops environment variables with dots.</summary>
    public static IReadOnlyList<string> VerboseArguments { get; } =
        ["--Logging:LogLevel:Microsoft.AspNetCore=Trace", .. new[] { "Microsoft.AspNetCore", "Host.Aggregator", "Azure.Core", "DurableTask" }.Select(name => $"--AzureFunctionsJobHost:logging:logLevel:{name}=Trace")];

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
