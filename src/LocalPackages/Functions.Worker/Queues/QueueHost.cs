using System.Text.Json;
using Azure.Storage.Queues;
using Microsoft.Azure.Functions.Worker.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Azure.Functions.Worker.Queues;

/// <summary>Runs the listeners of all queue functions from after the start to the end of the drain.</summary>
internal sealed class QueueHost : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationTokenSource cancelWork = new();
    private readonly TimeProvider time;
    private readonly QueueListener[] listeners;
    private Task work = Task.CompletedTask;

    public QueueHost(
        IFunctionCatalog catalog,
        IFunctionInvoker invoker,
        QueueAccess access,
        IConfiguration configuration,
        IOptions<JsonSerializerOptions> json,
        TimeProvider time,
        ILoggerFactory loggers)
    {
        this.time = time;
        var settings = QueueSettings.Read(configuration);
        listeners = [.. from function in catalog.Functions
                        where function.TriggerAttribute is QueueTriggerAttribute
                        let trigger = (QueueTriggerAttribute)function.TriggerAttribute
                        select new QueueListener(
                            function,
                            access.Open(trigger.QueueName, trigger.Connection),
                            access.Open(trigger.QueueName + "-poison", trigger.Connection),
                            settings,
                            invoker,
                            json.Value,
                            time,
                            loggers.CreateLogger($"Function.{function.Name}"))];
    }

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        QueueClient.MessageSent += Wake;
        work = Task.WhenAll(listeners.Select(l => Task.Run(() => l.RunAsync(stop.Token, cancelWork.Token), CancellationToken.None)));
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        QueueClient.MessageSent -= Wake;
        return stop.CancelAsync();
    }

    /// <summary>Waits for what runs; when the time for that is over its tokens are cancelled.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await work.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!work.IsCompleted)
        {
            await cancelWork.CancelAsync();
            await work.WaitAsync(TimeSpan.FromSeconds(2), time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        QueueClient.MessageSent -= Wake;
        stop.Dispose();
        cancelWork.Dispose();
    }

    private void Wake(Uri queue)
    {
        foreach (var listener in listeners.Where(l => l.Queue == queue))
        {
            listener.Wake();
        }
    }
}
