using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace FunctionsHost;

/// <summary>Starts the parts of the host in order, waits for its end, and stops them in order.</summary>
internal sealed class HostRun(HostSettings settings, CancellationToken stop)
{
    /// <summary>How long before the drain limit running functions are cancelled, so that their results can still be stored.</summary>
    private static readonly TimeSpan CancelBeforeLimit = TimeSpan.FromSeconds(5);

    private readonly TimeProvider time = TimeProvider.System;
    private WebApplication? front;
    private TimersHost? timers;
    private JobsHost? jobs;

    /// <summary>Returns the exit code.</summary>
    public async Task<int> RunAsync()
    {
        using var loggers = LoggerFactory.Create(logging => Logs.ForHost(logging, settings));
        var log = loggers.CreateLogger("Host");
        try
        {
            await StartChecks.RequireFreePortAsync(settings, stop);
            await using var rpc = await StartRpcAsync();
            var address = rpc.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
            await using var workers = new Workers(settings, rpc.Services.GetRequiredService<WorkerStreams>(), new(address), time, log);
            try
            {
                await StartPartsAsync(new HostParts(settings, await workers.StartAsync(stop), workers, time, loggers));
                log.LogInformation("Listening on {Url}", settings.Url);
                await Task.WhenAny(workers.GaveUp, Task.Delay(Timeout.InfiniteTimeSpan, time, stop));
            }
            finally
            {
                // requests, messages and timers end before the worker does
                await StopPartsAsync(workers, log);
            }

            return stop.IsCancellationRequested ? ExitCodes.Stopped : ExitCodes.WorkerKeptEnding;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCodes.Stopped;
        }
    }

    private async Task StartPartsAsync(HostParts parts)
    {
        if (parts.NeedStorage)
        {
            await StartChecks.RequireStorageAsync(settings, stop);
            jobs = await JobsHost.StartAsync(parts, stop);
            timers = await TimersHost.StartAsync(parts, jobs.Locks, stop);
        }

        front = await HttpFront.StartAsync(parts, stop);
    }

    private async Task StopPartsAsync(Workers workers, ILogger log)
    {
        var drain = workers.GaveUp.IsCompleted ? TimeSpan.Zero : settings.DrainLimit;
        using var limit = new CancellationTokenSource(drain, time);
        var reserve = drain < CancelBeforeLimit * 4 ? drain / 4 : CancelBeforeLimit;
        using var cancelling = new CancellationTokenSource(drain - reserve, time);
        using var cancel = cancelling.Token.Register(() => Cancel(workers));
        Task?[] ends = [front?.StopAsync(limit.Token), timers?.StopAsync(limit.Token), jobs?.StopAsync(limit.Token)];
        try
        {
            await Task.WhenAll(ends.OfType<Task>()).WaitAsync(limit.Token);
        }
        catch (Exception e) when (e.GetBaseException() is OperationCanceledException)
        {
            log.LogWarning("{Count} invocations did not end within {Limit}.", workers.RunningInvocations, settings.DrainLimit);
        }
        catch (Exception e) when (e is AggregateException or RequestFailedException)
        {
            log.LogWarning("The host stopped without the storage account: {Fault}", e.GetBaseException().Message);
        }
    }

    private void Cancel(Workers workers)
    {
        // the Durable extension returns activities that are cancelled from here on to their queue, where before it would record a failure
        jobs?.BeginStop();
        workers.CancelRunning();
    }

    private async Task<WebApplication> StartRpcAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        Logs.ForHost(builder.Logging, settings);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton<WorkerStreams>().AddRouting();
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = grpc.MaxSendMessageSize = null);
        var rpc = builder.Build();
        rpc.MapGrpcService<WorkerStreams>();
        await rpc.StartAsync(stop);
        return rpc;
    }
}
