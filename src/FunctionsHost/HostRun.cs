using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace FunctionsHost;

/// <summary>Starts the parts of the host in order, waits for its end, and stops them in order.</summary>
internal sealed class HostRun(AppFolder app, HostSettings settings, CommandLine line, CancellationToken stop)
{
    private readonly TimeProvider time = TimeProvider.System;
    private WebApplication? front;
    private TimersHost? timers;
    private JobsHost? jobs;

    /// <summary>Returns the exit code.</summary>
    public async Task<int> RunAsync()
    {
        SetDurableWorkerName();
        using var loggers = LoggerFactory.Create(logging => Logs.ForHost(logging, settings));
        var log = loggers.CreateLogger("Host");
        try
        {
            await StartChecks.RequireFreePortAsync(settings.Url, stop);
            await using var rpc = await StartRpcAsync();
            var address = new Uri(rpc.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
            await using var workers = new Workers(app, settings, line, rpc.Services.GetRequiredService<WorkerStreams>(), address, time, log);
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
        await StartChecks.RequireStorageAsync(parts, stop);
        jobs = parts.HasJobs ? await JobsHost.StartAsync(parts, stop) : null;
        timers = parts.HasTimers ? TimersHost.Start(parts) : null;
        front = await HttpFront.StartAsync(parts, stop);
    }

    private async Task StopPartsAsync(Workers workers, ILogger log)
    {
        using var limit = new CancellationTokenSource(workers.GaveUp.IsCompleted ? TimeSpan.Zero : settings.DrainLimit, time);
        Task?[] ends = [front?.StopAsync(limit.Token), timers?.StopAsync(limit.Token), jobs?.StopAsync(limit.Token)];
        try
        {
            await Task.WhenAll(ends.OfType<Task>()).WaitAsync(limit.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or AggregateException)
        {
            log.LogWarning("{Count} invocations did not end within {Limit}.", workers.RunningInvocations, settings.DrainLimit);
        }
    }

    private async Task<WebApplication> StartRpcAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        Logs.ForHost(builder.Logging, settings);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton<WorkerStreams>().AddRouting().AddGrpc(grpc => grpc.MaxReceiveMessageSize = grpc.MaxSendMessageSize = null);
        var rpc = builder.Build();
        rpc.MapGrpcService<WorkerStreams>();
        await rpc.StartAsync(stop);
        return rpc;
    }

    private void SetDurableWorkerName()
    {
        // the Durable extension names its worker by these; by the machine's name alone, two hosts on one machine would both own every partition
        Environment.SetEnvironmentVariable("WEBSITE_CURRENT_STAMPNAME", Environment.MachineName);
        Environment.SetEnvironmentVariable("RoleInstanceId", BindingAddress.Parse(settings.Url.Split(';')[0]).Port.ToString(CultureInfo.InvariantCulture));
    }
}
