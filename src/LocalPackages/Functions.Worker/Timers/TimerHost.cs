using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker.Hosting;
using Microsoft.Azure.Functions.Worker.Queues;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Timers;

/// <summary>Runs the timers of the app in one of its processes at a time.</summary>
internal sealed partial class TimerHost : TriggerHost
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);
    private readonly TimerFunction[] timers;
    private readonly TimerToken? token;
    private readonly TimeProvider time;
    private readonly ILogger logger;

    public TimerHost(TimerFunctions functions, QueueAccess access, IConfiguration configuration, IHostEnvironment environment, TimeProvider time, ILoggerFactory loggers)
        : base(time)
    {
        this.time = time;
        logger = loggers.CreateLogger("Host.Timers");
        timers = functions.Read();
        token = timers.Length > 0 && access.HasDefault
            ? new TimerToken(access.Open(QueueName(configuration, environment), connection: null), time, logger)
            : null;
    }

    protected override async Task RunAsync(CancellationToken stop, CancellationToken cancelWork)
    {
        if (timers.Length > 0 && token is null)
        {
            Log.Unguarded(logger);
            await Task.WhenAll(timers.Select(t => t.RunAsync(new TimerStatuses(), () => { }, stop, cancelWork)));
            return;
        }

        while (timers.Length > 0 && !stop.IsCancellationRequested)
        {
            if (await TakeAsync(token!, stop) is { } text)
            {
                await RunHeldAsync(token!, TimerStatuses.Read(text), stop, cancelWork);
            }
            else
            {
                await Task.Delay(Retry, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task RunHeldAsync(TimerToken held, TimerStatuses statuses, CancellationToken stop, CancellationToken cancelWork)
    {
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var changed = new Wakeup(time);
        var running = Task.WhenAll(timers.Select(t => t.RunAsync(statuses, changed.Set, lost.Token, cancelWork)));
        _ = running.ContinueWith(_ => changed.Set(), TaskScheduler.Default);
        while (!running.IsCompleted && held.IsHeld)
        {
            await changed.WaitAsync(TimerToken.Length / 3, CancellationToken.None);
            await WriteAsync(TimerToken.Length);
        }

        if (!held.IsHeld)
        {
            Log.Lost(logger);
            await lost.CancelAsync();
        }

        await running;
        await WriteAsync(TimeSpan.Zero);

        async Task WriteAsync(TimeSpan length)
        {
            using var limit = new CancellationTokenSource(TimerToken.Length / 3, time);
            await held.KeepAsync(statuses.ToString(), length, limit.Token);
        }
    }

    private async Task<string?> TakeAsync(TimerToken free, CancellationToken stop)
    {
        try
        {
            return await free.TryTakeAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e)
        {
            Log.NotTaken(logger, e.Message);
            return null;
        }
    }

    /// <summary>One per app: the host id where one is set, as with the published host, else the app's name.</summary>
    private static string QueueName(IConfiguration configuration, IHostEnvironment environment)
    {
        var id = configuration["AzureFunctionsWebHost:hostid"] is { Length: > 0 } set ? set : environment.ApplicationName;
        var name = "functions-timers-" + NotInNames().Replace(id.ToLowerInvariant(), "-").Trim('-');
        return name.Length <= 63 ? name : name[..63].TrimEnd('-');
    }

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NotInNames();

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "AzureWebJobsStorage is not set: timers run in every process of the app")]
        public static partial void Unguarded(ILogger logger);

        [LoggerMessage(2, LogLevel.Warning, "The right to run timers went to another process")]
        public static partial void Lost(ILogger logger);

        [LoggerMessage(3, LogLevel.Warning, "The right to run timers cannot be asked for: {Reason}")]
        public static partial void NotTaken(ILogger logger, string reason);
    }
}
