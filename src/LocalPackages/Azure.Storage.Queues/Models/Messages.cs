namespace Azure.Storage.Queues.Models;

public class QueueMessage
{
    internal QueueMessage() { }

    public string MessageId { get; internal init; } = "";

    public string PopReceipt { get; internal init; } = "";

    public string MessageText => Body.ToString();

    public BinaryData Body { get; internal init; } = BinaryData.Empty;

    public DateTimeOffset? NextVisibleOn { get; internal init; }

    public DateTimeOffset? InsertedOn { get; internal init; }

    public DateTimeOffset? ExpiresOn { get; internal init; }

    public long DequeueCount { get; internal init; }

    /// <summary>The message with what an update changed: the receipt and the time of the next appearance.</summary>
    public QueueMessage Update(UpdateReceipt updated)
    {
        ArgumentNullException.ThrowIfNull(updated);
        return new QueueMessage
        {
            MessageId = MessageId,
            PopReceipt = updated.PopReceipt,
            Body = Body,
            NextVisibleOn = updated.NextVisibleOn,
            InsertedOn = InsertedOn,
            ExpiresOn = ExpiresOn,
            DequeueCount = DequeueCount,
        };
    }
}

public class PeekedMessage
{
    internal PeekedMessage() { }

    public string MessageId { get; internal init; } = "";

    public string MessageText => Body.ToString();

    public BinaryData Body { get; internal init; } = BinaryData.Empty;

    public DateTimeOffset? InsertedOn { get; internal init; }

    public DateTimeOffset? ExpiresOn { get; internal init; }

    public long DequeueCount { get; internal init; }
}

public class SendReceipt
{
    internal SendReceipt() { }

    public string MessageId { get; internal init; } = "";

    public DateTimeOffset InsertionTime { get; internal init; }

    public DateTimeOffset ExpirationTime { get; internal init; }

    public string PopReceipt { get; internal init; } = "";

    public DateTimeOffset TimeNextVisible { get; internal init; }
}

public class UpdateReceipt
{
    internal UpdateReceipt() { }

    public string PopReceipt { get; internal init; } = "";

    public DateTimeOffset NextVisibleOn { get; internal init; }
}

public class QueueProperties
{
    internal QueueProperties() { }

    public IDictionary<string, string> Metadata { get; internal init; } = new Dictionary<string, string>();

    public int ApproximateMessagesCount => (int)Math.Min(ApproximateMessagesCountLong, int.MaxValue);

    public long ApproximateMessagesCountLong { get; internal init; }
}
