namespace FunctionsHost;

/// <summary>Sends what a function returns for its queue output bindings.</summary>
internal sealed class QueueOutputs(HostSettings settings)
{
    private readonly ConcurrentDictionary<(string? Connection, string Queue), QueueClient> queues = new();

    public async Task SendAsync(Function function, InvocationResponse response)
    {
        foreach (var binding in function.QueueOutputs)
        {
            var name = binding["name"];
            var output = response.OutputData.FirstOrDefault(one => one.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            var value = name == "$return" ? response.ReturnValue : output?.Data;
            var queue = queues.GetOrAdd((binding["connection"], settings.Resolve(binding["queueName"]!)), Create);
            foreach (var message in TypedValues.ToMessages(TypedValues.ToObject(value)))
            {
                await SendAsync(queue, message);
            }
        }
    }

    private static async Task SendAsync(QueueClient queue, BinaryData message)
    {
        try
        {
            await queue.SendMessageAsync(message);
        }
        catch (RequestFailedException e) when (e.Status == StatusCodes.Status404NotFound)
        {
            await queue.CreateIfNotExistsAsync();
            await queue.SendMessageAsync(message);
        }
    }

    private QueueClient Create((string? Connection, string Queue) key) =>
        new(settings.Connection(key.Connection), key.Queue, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });
}
