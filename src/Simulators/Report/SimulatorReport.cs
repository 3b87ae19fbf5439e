namespace Relais.Simulators;

/// <summary>What was sent, as the provider saw it.</summary>
public sealed record SimulatorReport
{
    /// <summary>POST Messages, accepted or not.</summary>
    public required int Requests { get; init; }

    /// <summary>Requests hung or cut, before or after acceptance.</summary>
    public required int Unanswered { get; init; }

    public required IReadOnlyDictionary<int, int> RefusedByCode { get; init; }

    public required int Accepted { get; init; }

    public required IReadOnlyDictionary<string, int> ByStatus { get; init; }

    public required IReadOnlyDictionary<int, int> ByErrorCode { get; init; }

    /// <summary>Of accepted SMS.</summary>
    public required int Segments { get; init; }

    public required int Recipients { get; init; }

    /// <summary>Different messages of the caller, by the id in the status callback URL.</summary>
    public required int Messages { get; init; }

    /// <summary>Ids accepted more than once, failures that were tried again included.</summary>
    public required int AcceptedAgain { get; init; }

    /// <summary>Ids of which more than one acceptance did not fail: the recipient got them twice.</summary>
    public required IReadOnlyList<SentTwice> SentTwice { get; init; }

    public required int Inbound { get; init; }

    /// <summary>Answers by TwiML or by Twilio itself.</summary>
    public required int Replies { get; init; }

    /// <summary>How the status webhooks answered.</summary>
    public required IReadOnlyDictionary<string, int> CallbackAnswers { get; init; }

    public required int CallbacksDropped { get; init; }

    public required int CallbacksPending { get; init; }

    public required IReadOnlyList<PaceResult> Pace { get; init; }

    public int WindowsBroken => Pace.Sum(finding => finding.WindowsBroken);

    /// <summary>Nothing is under way any more.</summary>
    public required bool IsIdle { get; init; }
}

public sealed record SentTwice(string Message, int Times, string Recipient);
