using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Timers;

/// <summary>
/// The right to run the timers of an app, and what is known of them: the one message of a queue. Whoever has received
/// it runs them, for as long as it keeps the message hidden; if it dies, the message appears to the others.
/// </summary>
internal sealed partial class TimerToken(QueueClient queue, TimeProvider time, ILogger logger)
{
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ForEver = TimeSpan.FromSeconds(-1);
    private QueueMessage? held;
    private long renewed;
    private bool created;

    public bool IsHeld => held is not null && time.GetElapsedTime(renewed) < Length;

    /// <returns>The text of the token, or null while another holds it.</returns>
    public async Task<string?> TryTakeAsync(CancellationToken ct)
    {
        if (!created)
        {
            await queue.CreateIfNotExistsAsync(cancellationToken: ct);
            created = true;
        }

        held = await ReceiveAsync(ct);
        var count = (await queue.GetPropertiesAsync(ct)).Value.ApproximateMessagesCount;
        if (held is null && count == 0)
        {
            await queue.SendMessageAsync("{}", timeToLive: ForEver, cancellationToken: ct);
            held = await ReceiveAsync(ct);
            count = (await queue.GetPropertiesAsync(ct)).Value.ApproximateMessagesCount;
        }

        if (held is null || count <= 1)
        {
            return held?.MessageText;
        }

        // two first starts at once made two tokens: one of them has to go
        await queue.DeleteMessageAsync(held.MessageId, held.PopReceipt, ct);
        held = null;
        await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(50, 1000)), time, ct);
        return null;
    }

    /// <summary>Writes the text and keeps the token for a while from now on, or gives it back.</summary>
    public async Task KeepAsync(string text, TimeSpan length, CancellationToken ct)
    {
        if (held is null)
        {
            return;
        }

        var now = time.GetTimestamp();
        try
        {
            held = held.Update(await queue.UpdateMessageAsync(held.MessageId, held.PopReceipt, text, length, ct));
            renewed = now;
        }
        catch (RequestFailedException e) when (e.Status == 404 || e.ErrorCode == QueueErrorCode.PopReceiptMismatch.ToString())
        {
            held = null;
        }
        catch (Exception e) when (e is RequestFailedException or OperationCanceledException or AggregateException)
        {
            Log.NotKept(logger, e.Message);
        }
    }

    private async Task<QueueMessage?> ReceiveAsync(CancellationToken ct)
    {
        renewed = time.GetTimestamp();
        return (await queue.ReceiveMessagesAsync(1, Length, ct)).Value.FirstOrDefault();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The right to run timers was not renewed yet: {Reason}")]
        public static partial void NotKept(ILogger logger, string reason);
    }
}
