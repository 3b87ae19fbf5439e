namespace Relais.Simulators;

/// <summary>The outcomes and times of accepted messages. Each time, in milliseconds, counts from the previous status.</summary>
public sealed record DeliverySettings
{
    public int SendingMs { get; init; }

    public int SentMs { get; init; }

    public int DeliveredMs { get; init; }

    public int ReadMs { get; init; }

    /// <summary>Share of WhatsApp recipients, 0 to 1, who send read receipts.</summary>
    public double ReadShare { get; init; } = 1;

    /// <summary>Whether status "sending" has a callback too. Twilio rarely sends it.</summary>
    public bool SendingCallbacks { get; init; }

    /// <summary>Share of recipients, 0 to 1, by name of their outcome. The address and the seed choose the recipients.</summary>
    public IReadOnlyDictionary<string, double> OutcomeShares { get; init; } = new Dictionary<string, double>();
}
