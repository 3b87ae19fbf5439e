namespace Relais.Simulators;

/// <summary>The group of messages that a limit counts together.</summary>
public enum PaceScope
{
    /// <summary>Each sender except the sandbox.</summary>
    Sender,

    /// <summary>The sandbox number, per account.</summary>
    Sandbox,

    /// <summary>All senders of an account together.</summary>
    Account,

    /// <summary>Each recipient.</summary>
    Recipient,

    /// <summary>Each recipient on WhatsApp.</summary>
    WhatsAppRecipient,
}

/// <summary>A limit of messages in any time window of the given length.</summary>
public sealed record PaceLimit(PaceScope Scope, int Count, TimeSpan Window)
{
    /// <summary>Whether an SMS counts as its number of segments instead of 1.</summary>
    public bool BySegments { get; init; }

    public static IReadOnlyList<PaceLimit> Usual { get; } =
    [
        new(PaceScope.Sender, 10, TimeSpan.FromSeconds(1)),
        new(PaceScope.Sandbox, 1, TimeSpan.FromSeconds(3)),
        new(PaceScope.Recipient, 5, TimeSpan.FromMinutes(1)),
        new(PaceScope.WhatsAppRecipient, 1, TimeSpan.FromSeconds(6)),
    ];
}
