namespace Relais.Simulators;

/// <summary>The faults of the HTTP answer to a request.</summary>
internal enum WireFault : byte
{
    None,
    HtmlUnavailable,
    HangBefore,
    HangAfter,
    CutBefore,
    CutAfter,
}

/// <summary>The faults of the status callbacks of a message.</summary>
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

/// <summary>The course of a request and its message: refusal, final status and faults.</summary>
internal sealed record Outcome(string Name, string Meaning)
{
    /// <summary>Error with which the request is refused; null: the request is accepted.</summary>
    public TwilioFault? Refusal { get; init; }

    public WireFault Wire { get; init; }

    /// <summary>Last status of an accepted message.</summary>
    public MessageStatus Final { get; init; } = MessageStatus.Delivered;

    /// <summary>Twilio error code of the last status; 0: none.</summary>
    public int Code { get; init; }

    public CallbackFaults Callbacks { get; init; }

    /// <summary>Whether the outcome applies to the first request for a recipient only. Later messages are delivered.</summary>
    public bool OnlyFirst { get; init; }

    public static Outcome Delivered { get; } = new("delivered", "delivered, never read");

    public static Outcome Read { get; } = new("read", "delivered and read") { Final = MessageStatus.Read };

    public static Outcome Failed(int code) =>
        new($"failed-{code}", $"failed with {code}") { Final = MessageStatus.Failed, Code = code };

    public static Outcome Undelivered(int code) =>
        new($"undelivered-{code}", $"sent, then undelivered with {code}") { Final = MessageStatus.Undelivered, Code = code };
}
