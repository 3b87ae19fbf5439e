using Relais.Simulators;

namespace Relais.Kit;

/// <summary>Options of the system under test.</summary>
public sealed record RelaisSystemOptions
{
    /// <summary>Delivers within milliseconds, for tests that are not about delivery.</summary>
    public static DeliverySettings Swift { get; } = new() { SentMs = 20, DeliveredMs = 50, ReadMs = 50 };

    /// <summary>A sender for SMS, and swift delivery.</summary>
    public static RelaisSystemOptions SwiftSms(int rate = 50) =>
        new() { Channel = "sms", Rate = rate, Simulator = new() { Delivery = Swift } };

    /// <summary>Channel of the sender: whatsapp or sms.</summary>
    public string Channel { get; init; } = "whatsapp";

    /// <summary>Messages per second of the sender.</summary>
    public int Rate { get; init; } = 50;

    /// <summary>For WhatsApp: the simulator refuses free text to a recipient who has not written within a day.</summary>
    public bool EnforceWindow { get; init; } = true;

    /// <summary>Behaviour of the simulated provider. Accounts, senders, templates and port are filled in.</summary>
    public TwilioSimulatorOptions Simulator { get; init; } = new();

    /// <summary>Further settings of the app.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    /// <summary>Receives each line that an instance writes.</summary>
    public Action<string>? OnLine { get; init; }

    /// <summary>Keeps every output of the app and searches it for secrets at the end. Turn it off where speed is measured.</summary>
    public bool Watched { get; init; } = true;

    /// <summary>Logs at every level, which takes half of the machine.</summary>
    public bool Verbose { get; init; }
}
