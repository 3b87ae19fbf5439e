namespace Relais.Simulators;

internal enum WireFault : byte
{
    None,
    HtmlUnavailable,
    HangBefore,
    HangAfter,
    CutBefore,
    CutAfter,
}

[Flags]
internal enum CallbackFaults : byte
{
    None = 0,
    Early = 1,
    Duplicate = 2,
    Reversed = 4,
    Late = 8,
    Dropped = 16,
    Shuffled = 32,
}

/// <summary>What becomes of a message.</summary>
internal sealed record Outcome(string Name, string Meaning)
{
    /// <summary>The request is refused with this.</summary>
    public TwilioFault? Refusal { get; init; }

    public WireFault Wire { get; init; }

    public MessageStatus Final { get; init; } = MessageStatus.Delivered;

    public int Code { get; init; }

    public CallbackFaults Callbacks { get; init; }

    /// <summary>Only the first request for a recipient meets it; later ones are delivered.</summary>
    public bool OnlyFirst { get; init; }

    public static Outcome Delivered { get; } = new("delivered", "delivered, never read");

    public static Outcome Read { get; } = new("read", "delivered and read") { Final = MessageStatus.Read };

    public static Outcome Failed(int code) => new($"failed-{code}", $"failed with {code}") { Final = MessageStatus.Failed, Code = code };

    public static Outcome Undelivered(int code) => new($"undelivered-{code}", $"sent, then undelivered with {code}") { Final = MessageStatus.Undelivered, Code = code };
}
