namespace Relais.Simulators;

/// <summary>Totals of the requests and messages since the last reset, as the provider saw them.</summary>
public sealed record SimulatorReport
{
    /// <summary>Requests to POST Messages.json, whether accepted or not.</summary>
    public required int Requests { get; init; }

    /// <summary>Requests that a fault left without an answer, whether accepted or not.</summary>
    public required int Unanswered { get; init; }

    public required IReadOnlyDictionary<int, int> RefusedByCode { get; init; }

    public required int Accepted { get; init; }

    public required IReadOnlyDictionary<string, int> ByStatus { get; init; }

    public required IReadOnlyDictionary<int, int> ByErrorCode { get; init; }

    /// <summary>Segments of the accepted SMS.</summary>
    public required int Segments { get; init; }

    /// <summary>Different recipients of accepted messages.</summary>
    public required int Recipients { get; init; }

    /// <summary>Different accepted messages of the caller, by the ID in the status callback URL.</summary>
    public required int Messages { get; init; }

    /// <summary>Number of message IDs that were accepted more than once, including retries after a failure.</summary>
    public required int AcceptedAgain { get; init; }

    /// <summary>Message IDs that were accepted more than once without failing, so that the recipient got the message twice.</summary>
    public required IReadOnlyList<SentTwice> SentTwice { get; init; }

    public required int Inbound { get; init; }

    /// <summary>Replies to inbound messages, from TwiML or from Twilio.</summary>
    public required int Replies { get; init; }

    /// <summary>Number of status callbacks by answer: HTTP status, "timeout" or "unreachable".</summary>
    public required IReadOnlyDictionary<string, int> CallbackAnswers { get; init; }

    public required int CallbacksDropped { get; init; }

    public required int CallbacksPending { get; init; }

    public required IReadOnlyList<PaceResult> Pace { get; init; }

    public int WindowsBroken => Pace.Sum(result => result.WindowsBroken);

    /// <summary>True when no work is left.</summary>
    public required bool IsIdle { get; init; }
}

/// <summary>A message that a recipient got more than once.</summary>
/// <param name="Message">the caller's ID of the message</param>
/// <param name="Times">number of times that it was sent</param>
public sealed record SentTwice(string Message, int Times, string Recipient);
