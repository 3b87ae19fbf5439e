using System.Text.Json;
using Azure.Storage.Queues;
using Microsoft.Azure.Functions.Worker.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Azure.Functions.Worker.Queues;

/// <summary>Runs the listeners of all queue functions.</summary>
internal sealed class QueueHost : TriggerHost
{
    private readonly QueueListener[] listeners;

    public QueueHost(
        IFunctionCatalog catalog,
        IFunctionInvoker invoker,
        QueueAccess access,
        IConfiguration configuration,
        IOptions<JsonSerializerOptions> json,
        TimeProvider time,
        ILoggerFactory loggers)
        : base(time)
    {
        var settings = QueueSettings.Read(configuration);
        listeners = [.. catalog.Functions.Where(f => f.TriggerAttribute is QueueTriggerAttribute).Select(Listener)];

        QueueListener Listener(LocalFunction function)
        {
            var trigger = (QueueTriggerAttribute)function.TriggerAttribute;
            var logger = loggers.CreateLogger($"Function.{function.Name}");
            var queue = access.Open(trigger.QueueName, trigger.Connection);
            var poison = access.Open(trigger.QueueName + "-poison", trigger.Connection);
            return new(new MessageRunner(function, queue, poison, settings, invoker, json.Value, time, logger), settings, time, logger);
        }
    }

    protected override async Task RunAsync(CancellationToken stop, CancellationToken cancelWork)
    {
        QueueClient.MessageSent += Wake;
        try
        {
            await Task.WhenAll(listeners.Select(l => l.RunAsync(stop, cancelWork)));
        }
        finally
        {
            QueueClient.MessageSent -= Wake;
        }
    }

    private void Wake(Uri queue, TimeSpan after)
    {
        foreach (var listener in listeners.Where(l => l.Queue == queue))
        {
            listener.Wake(after);
        }
    }
}
