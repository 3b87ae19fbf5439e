using System.Globalization;

namespace Relais.Simulators;

/// <summary>Stores all messages since the last reset, in order and by contact.</summary>
/// <param name="onAdded">called for each new message</param>
internal sealed class MessageStore(SimulatorClock clock, Action<Message> onAdded)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, List<Message>> byContact = new(StringComparer.Ordinal);
    private readonly int[] countsByStatus = new int[Enum.GetValues<MessageStatus>().Length];
    private List<Message> messages = [];
    private int generation;

    /// <summary>Increases with every change, so that the web page knows when to reload.</summary>
    public long Version { get; private set; }

    public int Count
    {
        get
        {
            lock (gate)
            {
                return messages.Count;
            }
        }
    }

    /// <param name="create">creates the message from its SID and its number</param>
    public Message Add(Func<string, long, Message> create)
    {
        Message message;
        lock (gate)
        {
            var number = messages.Count;
            message = create($"SM{generation:x8}{clock.Now.ToUnixTimeSeconds():x8}{number:x16}", number);
            messages.Add(message);
            (byContact.TryGetValue(message.Contact, out var list) ? list : byContact[message.Contact] = new(1)).Add(message);
            CountStatus(message, message.Status, 1);
        }

        onAdded(message);
        return message;
    }

    public Message? Find(string accountSid, string sid)
    {
        if (sid.Length != 34
            || !long.TryParse(sid.AsSpan(18), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        lock (gate)
        {
            return number >= 0 && number < messages.Count
                && messages[(int)number] is var message && message.Sid == sid && message.Sender.Account.Sid == accountSid
                ? message
                : null;
        }
    }

    /// <summary>Sets the status. Returns false when the present status is final or a reset has deleted the message.</summary>
    public bool SetStatus(Message message, MessageStatus status, int errorCode)
    {
        lock (gate)
        {
            if (message.Status.IsFinal() || !IsCurrent(message))
            {
                return false;
            }

            CountStatus(message, message.Status, -1);
            CountStatus(message, status, 1);
            message.Status = status;
            message.ErrorCode = errorCode;
            message.UpdatedAt = clock.Now;
            if (status is MessageStatus.Sent or MessageStatus.Undelivered or MessageStatus.Failed)
            {
                message.SentAt ??= message.UpdatedAt;
            }

            return true;
        }
    }

    public IReadOnlyList<Message> All()
    {
        lock (gate)
        {
            return [.. messages];
        }
    }

    public IReadOnlyList<Message> MessagesOf(string contact)
    {
        lock (gate)
        {
            return byContact.TryGetValue(contact, out var list) ? [.. list] : [];
        }
    }

    /// <summary>Returns the last message of each conversation of a contact and a sender, newest first.</summary>
    /// <param name="contacts">maximum number of conversations</param>
    public IReadOnlyList<Message> Latest(int contacts)
    {
        lock (gate)
        {
            var seen = new HashSet<(string, string)>();
            var latest = new List<Message>();
            for (var index = messages.Count - 1; index >= 0 && latest.Count < contacts; index--)
            {
                var message = messages[index];
                if (seen.Add((message.Contact, message.Sender.Address)))
                {
                    latest.Add(message);
                }
            }

            return latest;
        }
    }

    public IReadOnlyDictionary<string, int> CountByStatus()
    {
        lock (gate)
        {
            return Enum.GetValues<MessageStatus>()
                .Where(status => countsByStatus[(int)status] > 0)
                .ToDictionary(status => status.Wire(), status => countsByStatus[(int)status]);
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            messages = [];
            byContact.Clear();
            Array.Clear(countsByStatus);
            generation++;
            Version++;
        }
    }

    private bool IsCurrent(Message message) =>
        message.Number < messages.Count && ReferenceEquals(messages[(int)message.Number], message);

    private void CountStatus(Message message, MessageStatus status, int by)
    {
        Version++;
        if (message.Direction == Direction.OutboundApi)
        {
            countsByStatus[(int)status] += by;
        }
    }
}
