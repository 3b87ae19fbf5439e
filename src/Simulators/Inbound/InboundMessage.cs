namespace Relais.Simulators;

/// <summary>A message from a recipient to one of the senders.</summary>
public sealed record InboundMessage(string From, string To, string Body)
{
    /// <summary>Account of the sender; needed for the sandbox number only, which all accounts share.</summary>
    public string? AccountSid { get; init; }

    public string? ProfileName { get; init; }

    public string? ButtonText { get; init; }

    public string? ButtonPayload { get; init; }

    public string? RepliedMessageSid { get; init; }

    public IReadOnlyList<string> MediaUrls { get; init; } = [];

    public string MediaContentType { get; init; } = "image/jpeg";

    public double? Latitude { get; init; }

    public double? Longitude { get; init; }

    /// <summary>Form parameters of the webhook that are added, or that replace the usual values.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();
}

/// <summary>The effect of an inbound message.</summary>
/// <param name="Sid">SID of the inbound message</param>
/// <param name="WebhookStatus">HTTP status of the webhook; 0: no answer, null: no webhook was called</param>
/// <param name="UsedFallback">true when the fallback URL was called</param>
/// <param name="Answer">body of the webhook's answer, usually TwiML; empty without an answer</param>
/// <param name="Replies">texts sent to the recipient in reply</param>
public sealed record InboundResult(string Sid, int? WebhookStatus, bool UsedFallback, string Answer, IReadOnlyList<string> Replies);
