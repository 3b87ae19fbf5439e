using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;
using Microsoft.Azure.WebJobs.Host;
using Microsoft.Azure.WebJobs.Host.Config;
using Microsoft.Azure.WebJobs.Host.Executors;
using Microsoft.Azure.WebJobs.Host.Queues;

namespace FunctionsHost;

/// <summary>Queues, orchestrations and activities: a WebJobs host with the published extensions, whose functions run in the worker.</summary>
internal sealed class JobsHost(HostParts parts, IHost host)
{
    public static async Task<JobsHost> StartAsync(HostParts parts, CancellationToken ct)
    {
        try
        {
            var host = new HostBuilder()
                .ConfigureAppConfiguration(builder => builder.AddConfiguration(parts.Settings.All))
                .ConfigureLogging(logging => Logs.ForHost(logging, parts.Settings))
                .ConfigureWebJobs(jobs => Add(jobs, parts))
                .Build();
            DurableLeases.Shorten(host.Services, Recovery.DurableLease(parts.Settings.All));
            var started = new JobsHost(parts, host);
            Trampoline.Target = started.RunAsync;
            await host.StartAsync(ct);
            await host.Services.GetRequiredService<IJobHost>().CallAsync(JobFunctions.DurableClients, null, ct);
            return started;
        }
        catch (Exception e) when (e is not (StartException or OperationCanceledException))
        {
            var (outer, inner) = (e is System.Reflection.TargetInvocationException { InnerException: { } real } ? real : e, e.GetBaseException());
            var fault = (outer == inner ? inner.Message : $"{outer.Message} {inner.Message}").ReplaceLineEndings(" ").TrimEnd('.');
            throw new StartException($"The queue and Durable triggers could not start ({fault}): correct the extensions section of host.json or the names in the trigger attributes.");
        }
    }

    /// <summary>Takes no new work and waits for what runs, until the token ends the waiting.</summary>
    public async Task StopAsync(CancellationToken ct)
    {
        await host.Services.GetRequiredService<IDrainModeManager>().EnableDrainModeAsync(ct);
        await host.StopAsync(ct);
    }

    private static void Add(IWebJobsBuilder jobs, HostParts parts)
    {
        jobs.AddAzureStorageCoreServices();
        jobs.AddAzureStorageQueues();
        if (parts.Functions.Any(function => function.IsDurable))
        {
            jobs.AddDurableTask();
        }

        jobs.Services.AddSingleton(parts.Time);
        var given = new Given(JobFunctions.Build(parts.Functions), parts.Settings.HostId);
        jobs.Services.AddSingleton<ITypeLocator>(given).AddSingleton<IHostIdProvider>(given).AddSingleton<IWebHookProvider>(given);
        jobs.Services.AddSingleton<IQueueProcessorFactory, QueueLeases>();
    }

    private async Task<object?> RunAsync(int index, object? trigger, Binder binder, CancellationToken stopping)
    {
        if (index < 0)
        {
            await parts.Clients.BindAsync(binder, stopping);
            return null;
        }

        var data = new BindingData();
        foreach (var (name, value) in binder.BindingData.Where(pair => !pair.Key.Equals("sys", StringComparison.OrdinalIgnoreCase)))
        {
            data[name] = TypedValues.From(value);
        }

        data.AddMembers(trigger as string ?? "");
        var request = parts.Functions[index].Invocation(TypedValues.From(trigger));
        data.AddTo(request);
        return TypedValues.ToObject((await parts.RunAsync(parts.Functions[index], request, stopping)).ReturnValue);
    }

    /// <summary>What the SDK and the extensions ask their host for.</summary>
    private sealed class Given(Type functions, string hostId) : ITypeLocator, IHostIdProvider, IWebHookProvider
    {
        public IReadOnlyList<Type> GetTypes() => [functions];

        public Task<string> GetHostIdAsync(CancellationToken cancellationToken) => Task.FromResult(hostId);

        /// <summary>The Durable extension does not start without an address of its web hooks, which this host does not serve.</summary>
        public Uri GetUrl(IExtensionConfigProvider extension) => new("http://127.0.0.1/runtime/webhooks/durabletask");
    }
}
