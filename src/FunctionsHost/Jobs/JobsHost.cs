using Microsoft.Azure.WebJobs.Extensions.DurableTask;

namespace FunctionsHost;

/// <summary>Queues, orchestrations and activities: a WebJobs host with the published extensions; the functions run in the worker.</summary>
internal static class JobsHost
{
    public static async Task<IHost> StartAsync(HostParts parts, CancellationToken ct)
    {
        try
        {
            var host = new HostBuilder()
                .ConfigureAppConfiguration(builder => builder.AddConfiguration(parts.Settings.All))
                .ConfigureLogging(logging => Logs.ForHost(logging, parts.Settings))
                .ConfigureWebJobs(jobs => Add(jobs, parts))
                .Build();
            ShortenDurableLeases(host.Services);
            await host.StartAsync(ct);
            await host.Services.GetRequiredService<IJobHost>().CallAsync(JobFunctions.DurableClients, null, ct);
            return host;
        }
        catch (Exception e) when (e is not (StartException or OperationCanceledException))
        {
            var (outer, inner) = (e is TargetInvocationException { InnerException: { } real } ? real : e, e.GetBaseException());
            var fault = (outer == inner ? inner.Message : $"{outer.Message} {inner.Message}").ReplaceLineEndings(" ").TrimEnd('.');
            throw new StartException(
                $"The queue and Durable triggers could not start ({fault}): " +
                "correct the extensions section of host.json or the names in the trigger attributes.");
        }
    }

    private static void Add(IWebJobsBuilder jobs, HostParts parts)
    {
        jobs.AddAzureStorageCoreServices();
        jobs.AddAzureStorageQueues();
        if (parts.Functions.Any(function => function.IsDurable))
        {
            jobs.AddDurableTask();
        }

        var functions = JobFunctions.Build(parts.Functions, (index, trigger, binder, ct) => RunAsync(parts, index, trigger, binder, ct));
        var given = new Given(functions, parts.Settings.HostId);
        jobs.Services.AddSingleton<ITypeLocator>(given).AddSingleton<IHostIdProvider>(given).AddSingleton<IWebHookProvider>(given);
        jobs.Services.AddSingleton<IHostLifetime>(given).AddSingleton(parts.Time).AddSingleton<IQueueProcessorFactory, QueueLeases>();
    }

    /// <summary>
    /// Shortens the visibility timeouts of Durable messages below what host.json accepts. The settings object has public
    /// properties and is read at each message, but only a private field of the extension leads to it.
    /// </summary>
    private static void ShortenDurableLeases(IServiceProvider services)
    {
        foreach (var factory in services.GetServices<IDurabilityProviderFactory>())
        {
            // creates the settings
            factory.GetDurabilityProvider();
            var field = factory.GetType().GetField("defaultSettings", BindingFlags.Instance | BindingFlags.NonPublic);
            var settings = field?.GetValue(factory) as AzureStorageOrchestrationServiceSettings
                ?? throw new NotSupportedException("This version of the Durable extension keeps its settings elsewhere: adapt JobsHost.");
            settings.ControlQueueVisibilityTimeout = settings.WorkItemQueueVisibilityTimeout = Recovery.DurableLease;
        }
    }

    private static async Task<object?> RunAsync(HostParts parts, int index, object? trigger, Binder binder, CancellationToken ct)
    {
        if (index < 0)
        {
            await parts.Clients.BindAsync(binder, ct);
            return null;
        }

        var metadata = new Dictionary<string, TypedData>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in binder.BindingData.Where(pair => !pair.Key.Equals("sys", StringComparison.OrdinalIgnoreCase)))
        {
            metadata[name] = TypedValues.From(value);
        }

        metadata.AddMembers(trigger as string);
        var request = parts.Functions[index].Invocation(TypedValues.From(trigger));
        request.TriggerMetadata.Add(metadata);
        return TypedValues.ToObject((await parts.RunAsync(parts.Functions[index], request, ct)).ReturnValue);
    }

    /// <summary>What the SDK and the extensions ask their host for.</summary>
    private sealed class Given(Type functions, string hostId) : ITypeLocator, IHostIdProvider, IWebHookProvider, IHostLifetime
    {
        public IReadOnlyList<Type> GetTypes() => [functions];

        public Task<string> GetHostIdAsync(CancellationToken cancellationToken) => Task.FromResult(hostId);

        /// <summary>HostRun starts and stops; the default lifetime would cancel all activities at SIGTERM.</summary>
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        /// <summary>The Durable extension does not start without an address of its web hooks, which this host does not serve.</summary>
        public Uri GetUrl(IExtensionConfigProvider extension) => new("http://127.0.0.1/runtime/webhooks/durabletask");
    }
}
