namespace FunctionsHost;

/// <summary>Writes the log entries of the worker at the level and under the category that the worker gave them.</summary>
internal sealed class WorkerLogs(HostSettings settings) : IDisposable
{
    private readonly ILoggerFactory factory = Logs.ForWorker(settings);
    private readonly ConcurrentDictionary<string, ILogger> loggers = new();

    public void Write(RpcLog entry)
    {
        if (entry.LogCategory == RpcLog.Types.Category.CustomMetric || entry.Level is < (int)LogLevel.Trace or >= (int)LogLevel.None)
        {
            return;
        }

        var logger = loggers.GetOrAdd(entry.Category is { Length: > 0 } category ? category : "Worker", factory.CreateLogger);
        logger.Log((LogLevel)entry.Level, default, entry, null, static (entry, _) => Text(entry));
    }

    public void Dispose() => factory.Dispose();

    private static string Text(RpcLog entry) => entry.Exception is { } e ? $"{entry.Message}\n{e.Type}: {e.Message}\n{e.StackTrace}" : entry.Message;
}
