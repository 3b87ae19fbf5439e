using Relais.Simulators;

namespace Relais.Kit;

/// <summary>How the system under test should be.</summary>
public sealed record RelaisSystemOptions
{
    /// <summary>What delivers within a blink, for tests of something else.</summary>
    public static DeliverySettings Swift { get; } = new() { SentMs = 20, DeliveredMs = 50, ReadMs = 50 };

    /// <summary>The kind of the sender: whatsapp or sms.</summary>
    public string Channel { get; init; } = "whatsapp";

    /// <summary>Messages per second of the sender.</summary>
    public int Rate { get; init; } = 50;

    /// <summary>WhatsApp: a free text reaches only who wrote within a day.</summary>
    public bool EnforceWindow { get; init; } = true;

    /// <summary>What the provider does; accounts, senders, templates and port are filled in.</summary>
    public TwilioSimulatorOptions Simulator { get; init; } = new();

    /// <summary>Further settings of the app.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    /// <summary>Takes each line that an instance writes.</summary>
    public Action<string>? OnLine { get; init; }

    /// <summary>Everything that leaves the app is kept, and secrets are searched for at the end. Off where speed is measured.</summary>
    public bool Watched { get; init; } = true;

    /// <summary>A watched app says all it can, which takes half of the machine.</summary>
    public bool Verbose { get; init; }
}
