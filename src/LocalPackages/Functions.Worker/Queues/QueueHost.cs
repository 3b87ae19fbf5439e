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
