using Azure.Storage.Blobs;

namespace FunctionsHost;

/// <summary>Runs the timer triggers while this host holds their lock, and tries to take it while another host does.</summary>
internal sealed class TimersHost(HostParts parts) : IDisposable
{
    private readonly TimeProvider time = parts.Time;
    private readonly ILogger log = parts.Loggers.CreateLogger("Host.Timers");
    private readonly BlobContainerClient container = new(parts.Settings.Connection(null), "azure-webjobs-hosts");
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationTokenSource cutting = new();
    private Task running = Task.CompletedTask;

    public static TimersHost Start(HostParts parts)
    {
        var host = new TimersHost(parts);
        host.running = host.RunAsync([.. parts.Functions.Where(function => function.Kind == TriggerKind.Timer).Select(host.Create)]);
        return host;
    }

    /// <summary>Starts no more runs and waits for the running ones, until the token cancels them.</summary>
    public async Task StopAsync(CancellationToken ct)
    {
        await stopping.CancelAsync();
        await using var cut = ct.UnsafeRegister(_ => cutting.Cancel(), null);
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        stopping.Dispose();
        cutting.Dispose();
    }

    private TimerRun Create(Function function)
    {
        var schedule = TimerSchedule.Parse(parts.Settings.Resolve(function.Trigger["schedule"] ?? ""), parts.Settings.TimeZone, function.Name);
        return new(parts, function, schedule, container.GetBlobClient($"timers/{parts.Settings.HostId}/{function.Name}/status"), log);
    }

    private async Task RunAsync(TimerRun[] timers)
    {
        while (true)
        {
            try
            {
                await using var held = await TimerLock.TryTakeAsync(await OpenLockAsync(), time, stopping.Token);
                if (held is not null)
                {
                    log.LogInformation("This host runs the timers.");
                    await RunAllAsync(timers, held);
                }
            }
            catch (Exception e) when (e is RequestFailedException or AggregateException)
            {
                log.LogWarning("The timers wait for the storage account: {Fault}", e.GetBaseException().Message);
            }

            await Task.Delay(Recovery.TimerLeasePoll, time, stopping.Token);
        }
    }

    private async Task<BlobClient> OpenLockAsync()
    {
        await container.CreateIfNotExistsAsync(cancellationToken: stopping.Token);
        var blob = container.GetBlobClient($"locks/{parts.Settings.HostId}/timers");
        if (!await blob.ExistsAsync(stopping.Token))
        {
            await blob.UploadAsync(BinaryData.Empty, overwrite: true, stopping.Token);
        }

        return blob;
    }

    /// <summary>Ends when the lock is lost, a timer lost its storage, or the host stops.</summary>
    private async Task RunAllAsync(TimerRun[] timers, TimerLock held)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token, held.Lost);
        var loops = timers.Select(timer => Task.Run(() => timer.LoopAsync(held, ending.Token, cutting.Token))).ToArray();
        await Task.WhenAny(loops);
        await ending.CancelAsync();
        try
        {
            await Task.WhenAll(loops);
        }
        catch (OperationCanceledException)
        {
            // the lock was lost or the host stops
        }
    }
}
