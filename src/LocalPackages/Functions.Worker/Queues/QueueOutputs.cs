using System.Collections.Concurrent;
using System.Text.Json;
using Azure;
using Azure.Storage.Queues;
using Microsoft.Azure.Functions.Worker.Hosting;
using Microsoft.Azure.Functions.Worker.Hosting.Execution;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Microsoft.Azure.Functions.Worker.Queues;

/// <summary>Sends what [QueueOutput] returned, and makes the queues it goes to.</summary>
internal sealed class QueueOutputs(QueueAccess access, IConfiguration configuration, IOptions<JsonSerializerOptions> json)
{
    private readonly QueueSettings settings = QueueSettings.Read(configuration);
    private readonly ConcurrentDictionary<QueueOutputAttribute, QueueClient> queues = new(ReferenceEqualityComparer.Instance);

    /// <summary>Opened at the start, so that a wrong name or connection is known then.</summary>
    public void Open(QueueOutputAttribute output) => queues[output] = access.Open(output.QueueName, output.Connection);

    public async Task SendAsync(LocalFunctionContext context)
    {
        foreach (var output in context.Plan.Outputs.All)
        {
            var value = output.Name == FunctionOutputs.Return ? context.Result : context.Outputs.GetValueOrDefault(output.Name);
            if (output.Attribute is not QueueOutputAttribute attribute || value is null)
            {
                continue;
            }

            var queue = queues[attribute];
            foreach (var body in QueueBody.Messages(value, json.Value))
            {
                await SendAsync(queue, QueueBody.Encode(body, settings.Base64), context.CancellationToken);
            }
        }
    }

    public static async Task SendAsync(QueueClient queue, string text, CancellationToken ct, TimeSpan? timeToLive = null)
    {
        try
        {
            await queue.SendMessageAsync(text, timeToLive: timeToLive, cancellationToken: ct);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            await queue.CreateIfNotExistsAsync(cancellationToken: ct);
            await queue.SendMessageAsync(text, timeToLive: timeToLive, cancellationToken: ct);
        }
    }
}
