namespace Relais.Kit.Leaks;

/// <summary>Keeps everything that a process of the app writes in a file, which is deleted on disposal.</summary>
public sealed class AppLog : IDisposable
{
    private readonly Lock gate = new();
    private readonly string path = Path.Combine(Path.GetTempPath(), $"relais-app-{Environment.ProcessId}-{Guid.NewGuid():N}.log");
    private readonly StreamWriter writer;
    private bool disposed;

    public AppLog() => writer = new StreamWriter(path);

    /// <summary>Settings that turn on every logger and level of the worker, and of the host except the categories in host.json.</summary>
    public static IReadOnlyDictionary<string, string?> Verbose { get; } = new Dictionary<string, string?>
    {
        ["Logging__LogLevel__Default"] = "Trace",
        ["AzureFunctionsJobHost__logging__logLevel__default"] = "Trace",
    };

    /// <summary>
    /// Arguments for the categories that host.json limits by name. A shell drops environment variables whose names contain dots.
    /// </summary>
    public static IReadOnlyList<string> VerboseArguments { get; } =
    [
        "--Logging:LogLevel:Microsoft.AspNetCore=Trace",
        .. new[]
        {
            "Microsoft.AspNetCore", "Host.Aggregator", "Azure.Core", "DurableTask",
        }.Select(name => $"--AzureFunctionsJobHost:logging:logLevel:{name}=Trace"),
    ];

    public void Write(string line)
    {
        lock (gate)
        {
            // The last lines of a process may arrive after it has ended.
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
