using Microsoft.Extensions.Logging.Console;

namespace FunctionsHost;

/// <summary>One line per entry on the console, filtered by logging.logLevel of host.json.</summary>
internal static class Logs
{
    /// <summary>Loggers of the libraries that the host consists of. Only their own name in host.json opens them, so that "default": "Trace" shows the app.</summary>
    private static readonly string[] Libraries =
    [
        "Microsoft.AspNetCore.DataProtection", "Microsoft.Hosting", "Microsoft.Extensions", "Azure", "DurableTask", "Host.Triggers.DurableTask", "Microsoft.Azure.WebJobs",
    ];

    /// <summary>They quote the addresses of requests, with the values and keys in them. The app decides whether its own entries of these names do.</summary>
    private static readonly string[] QuoteAddresses = ["Microsoft.AspNetCore", "Yarp", "Grpc"];

    public static void ForHost(ILoggingBuilder logging, HostSettings settings)
    {
        Configure(logging, settings, Libraries);
        foreach (var library in QuoteAddresses)
        {
            logging.AddFilter(library, LogLevel.Warning);
        }
    }

    /// <summary>For the entries of the worker, which it has filtered by its own Logging settings before.</summary>
    public static ILoggerFactory ForWorker(HostSettings settings) => LoggerFactory.Create(logging => Configure(logging, settings, []));

    private static void Configure(ILoggingBuilder logging, HostSettings settings, string[] quiet)
    {
        logging.ClearProviders();
        // Logging__LogLevel__… of the environment is meant for the app
        logging.Services.Configure<LoggerFilterOptions>(filters => filters.Rules.Clear());
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
            console.ColorBehavior = Console.IsOutputRedirected ? LoggerColorBehavior.Disabled : LoggerColorBehavior.Default;
        });
        logging.SetMinimumLevel(LogLevel.Information);
        foreach (var library in quiet)
        {
            // the Azure libraries warn at each answer such as "the container exists already"
            logging.AddFilter(library, library is "Azure" or "Microsoft.AspNetCore.DataProtection" ? LogLevel.Error : LogLevel.Warning);
        }

        // a host that does not start is reported in one sentence instead
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);

        foreach (var level in settings.HostJson.GetSection("logging:logLevel").GetChildren())
        {
            if (Enum.TryParse<LogLevel>(level.Value, ignoreCase: true, out var least))
            {
                logging.AddFilter(level.Key.Equals("default", StringComparison.OrdinalIgnoreCase) ? null : level.Key, least);
            }
        }
    }
}
