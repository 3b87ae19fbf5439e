using System.Text;
using Azure.Storage.Queues;

namespace LocalPackages.Tests.Worker;

/// <summary>The queues of a test, seen from outside of the app.</summary>
internal sealed class QueueSide(string storage)
{
    public async Task CreateAsync(params string[] names)
    {
        foreach (var name in names)
        {
            await Open(name).CreateIfNotExistsAsync();
        }
    }

    public Task SendAsync(string queue, string text) => SendRawAsync(queue, Convert.ToBase64String(Encoding.UTF8.GetBytes(text)));

    public Task SendRawAsync(string queue, string text) => Open(queue).SendMessageAsync(text);

    /// <summary>How many messages there are, hidden ones included.</summary>
    public async Task<int> CountAsync(string queue) => (await Open(queue).GetPropertiesAsync()).Value.ApproximateMessagesCount;

    public async Task<string[]> RawTextsAsync(string queue)
    {
        if (!(await Open(queue).ExistsAsync()).Value)
        {
            return [];
        }

        return [.. (await Open(queue).PeekMessagesAsync(32)).Value.Select(m => m.MessageText)];
    }

    public async Task<string[]> TextsAsync(string queue) => [.. (await RawTextsAsync(queue)).Select(t => Encoding.UTF8.GetString(Convert.FromBase64String(t)))];

    public QueueClient Open(string queue) => new(storage, queue, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None });
}
