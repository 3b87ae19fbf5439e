namespace FunctionsHost;

/// <summary>One line per entry on the console, filtered by logging.logLevel of host.json.</summary>
internal static class Logs
{
    /// <summary>
    /// Loggers of the libraries that the host consists of. Only their own name in host.json opens them, so that "default": "Trace"
    /// shows the app. The Azure libraries warn at each answer such as "the container exists already", and a host that does not
    /// start is reported in one sentence instead.
    /// </summary>
    private static readonly (string Name, LogLevel Least)[] Libraries =
    [
        ("Microsoft.Hosting", LogLevel.Warning), ("Microsoft.Extensions", LogLevel.Warning), ("Microsoft.Azure.WebJobs", LogLevel.Warning),
        ("DurableTask", LogLevel.Warning), ("Host.Triggers.DurableTask", LogLevel.Warning), ("Azure", LogLevel.Error),
        ("Microsoft.AspNetCore.DataProtection", LogLevel.Error), ("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None),
    ];

    public static void ForHost(ILoggingBuilder logging, HostSettings settings)
    {
        foreach (var (name, least) in Libraries)
        {
            logging.AddFilter(name, least);
        }

        Configure(logging, settings);
        // these quote the addresses of requests, with the values and keys in them; the app decides whether its own entries do
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("Yarp", LogLevel.Warning).AddFilter("Grpc", LogLevel.Warning);
    }

    /// <summary>For the entries of the worker, which it has filtered by its own Logging settings before.</summary>
    public static ILoggerFactory ForWorker(HostSettings settings) => LoggerFactory.Create(logging => Configure(logging, settings));

    private static void Configure(ILoggingBuilder logging, HostSettings settings) =>
        logging.AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss.fff "))
            .AddConfiguration(settings.HostJson.GetSection("logging"));
}
