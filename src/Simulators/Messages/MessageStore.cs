using System.Globalization;

namespace Relais.Simulators;

/// <summary>All messages since the last reset, in order, and by the number they were exchanged with.</summary>
internal sealed class MessageStore(SimulatorClock clock, Action<Message> added)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<Message>> _byContact = new(StringComparer.Ordinal);
    private readonly int[] _byStatus = new int[Enum.GetValues<MessageStatus>().Length];
    private List<Message> _all = [];
    private int _generation;

    public long Version { get; private set; }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _all.Count;
            }
        }
    }

    public Message Add(Func<string, long, Message> create)
    {
        Message message;
        lock (_gate)
        {
            var number = _all.Count;
            message = create($"SM{_generation:x8}{clock.Now.ToUnixTimeSeconds():x8}{number:x16}", number);
            _all.Add(message);
            (_byContact.TryGetValue(message.Contact, out var list) ? list : _byContact[message.Contact] = new(1)).Add(message);
            Tally(message, message.Status, 1);
        }

        added(message);
        return message;
    }

    public Message? Find(string accountSid, string sid)
    {
        if (sid.Length != 34 || !long.TryParse(sid.AsSpan(18), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        lock (_gate)
        {
            return number >= 0 && number < _all.Count && _all[(int)number] is var message && message.Sid == sid && message.Sender.Account.Sid == accountSid
                ? message
                : null;
        }
    }

    /// <summary>Moves the message on, unless it is final or of an earlier life of the simulator.</summary>
    public bool SetStatus(Message message, MessageStatus status, int errorCode)
    {
        lock (_gate)
        {
            if (message.Status.IsFinal() || !IsCurrent(message))
            {
                return false;
            }

            Tally(message, message.Status, -1);
            Tally(message, status, 1);
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
        lock (_gate)
        {
            return [.. _all];
        }
    }

    public IReadOnlyList<Message> MessagesOf(string contact)
    {
        lock (_gate)
        {
            return _byContact.TryGetValue(contact, out var list) ? [.. list] : [];
        }
    }

    /// <summary>The last messages with each contact, the liveliest contact first.</summary>
    public IReadOnlyList<Message> Latest(int contacts)
    {
        lock (_gate)
        {
            var seen = new HashSet<(string, string)>();
            var latest = new List<Message>();
            for (var i = _all.Count - 1; i >= 0 && latest.Count < contacts; i--)
            {
                if (seen.Add((_all[i].Contact, _all[i].Sender.Address)))
                {
                    latest.Add(_all[i]);
                }
            }

            return latest;
        }
    }

    public IReadOnlyDictionary<string, int> CountByStatus()
    {
        lock (_gate)
        {
            return Enum.GetValues<MessageStatus>().Where(status => _byStatus[(int)status] > 0).ToDictionary(status => status.Wire(), status => _byStatus[(int)status]);
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _all = [];
            _byContact.Clear();
            Array.Clear(_byStatus);
            _generation++;
            Version++;
        }
    }

    private bool IsCurrent(Message message) => message.Number < _all.Count && ReferenceEquals(_all[(int)message.Number], message);

    private void Tally(Message message, MessageStatus status, int by)
    {
        Version++;
        if (message.Direction == Direction.OutboundApi)
        {
            _byStatus[(int)status] += by;
        }
    }
}
