namespace Relais.Simulators;

internal sealed class Sender(SimulatedSender settings, AccountRegistry accounts)
{
    private readonly Lock _gate = new();
    private DateTimeOffset _free = DateTimeOffset.MinValue;

    public SimulatedSender Settings { get; private set; } = settings;

    public SimulatedAccount Account => accounts.Get(Settings.AccountSid);

    public string Address => Settings.Address;

    public bool IsWhatsApp => Address.StartsWith("whatsapp:", StringComparison.Ordinal);

    public bool IsSandbox => Address == TwilioSimulatorOptions.Sandbox;

    /// <summary>Other settings for the same sender; what waits in its queue stays.</summary>
    public void Change(SimulatedSender to) => Settings = to;

    /// <summary>How much traffic waits in the queue before a message that comes now.</summary>
    public TimeSpan Backlog(DateTimeOffset now)
    {
        lock (_gate)
        {
            return _free > now ? _free - now : TimeSpan.Zero;
        }
    }

    /// <summary>Takes the next place in the queue.</summary>
    public DateTimeOffset TakeSlot(DateTimeOffset now, int segments)
    {
        if (Settings.RatePerSecond is not { } rate || rate <= 0)
        {
            return now;
        }

        lock (_gate)
        {
            var slot = _free > now ? _free : now;
            _free = slot + TimeSpan.FromSeconds((IsWhatsApp ? 1 : segments) / rate);
            return slot;
        }
    }

    public void Empty()
    {
        lock (_gate)
        {
            _free = DateTimeOffset.MinValue;
        }
    }
}
