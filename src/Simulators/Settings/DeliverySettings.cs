namespace Relais.Simulators;

/// <summary>What becomes of accepted messages, and when. Each time counts from the status before.</summary>
public sealed record DeliverySettings
{
    public int SendingMs { get; init; }

    public int SentMs { get; init; }

    public int DeliveredMs { get; init; }

    public int ReadMs { get; init; }

    /// <summary>Share of WhatsApp recipients who share read receipts.</summary>
    public double ReadShare { get; init; } = 1;

    /// <summary>Twilio seldom tells of "sending"; here it may.</summary>
    public bool SendingCallbacks { get; init; }

    /// <summary>Shares of the ordinary recipients that meet another outcome, by its name; chosen by number and seed.</summary>
    public IReadOnlyDictionary<string, double> OutcomeShares { get; init; } = new Dictionary<string, double>();
}
