namespace Relais.Simulators;

/// <summary>A sender of an account, with the queue that limits its rate.</summary>
internal sealed class Sender(SimulatedSender settings, AccountRegistry accounts)
{
    private readonly Lock gate = new();
    private DateTimeOffset freeAt = DateTimeOffset.MinValue;

    public SimulatedSender Settings { get; private set; } = settings;

    public SimulatedAccount Account => accounts.Get(Settings.AccountSid);

    public string Address => Settings.Address;

    public bool IsWhatsApp => Address.StartsWith("whatsapp:", StringComparison.Ordinal);

    public bool IsSandbox => Address == TwilioSimulatorOptions.Sandbox;

    /// <summary>Replaces the settings. Queued messages stay queued.</summary>
    public void Change(SimulatedSender to) => Settings = to;

    /// <summary>Returns the time that a new message would wait in the queue.</summary>
    public TimeSpan Backlog(DateTimeOffset now)
    {
        lock (gate)
        {
            return freeAt > now ? freeAt - now : TimeSpan.Zero;
        }
    }

    /// <summary>Reserves the next place in the queue and returns the time at which the message leaves it.</summary>
    public DateTimeOffset TakeSlot(DateTimeOffset now, int segments)
    {
        if (Settings.RatePerSecond is not { } rate || rate <= 0)
        {
            return now;
        }

        lock (gate)
        {
            var slot = freeAt > now ? freeAt : now;
            freeAt = slot + TimeSpan.FromSeconds((IsWhatsApp ? 1 : segments) / rate);
            return slot;
        }
    }

    public void Empty()
    {
        lock (gate)
        {
            freeAt = DateTimeOffset.MinValue;
        }
    }
}
