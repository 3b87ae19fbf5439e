namespace Relais.Simulators;

/// <summary>What a recipient sends.</summary>
public sealed record InboundMessage(string From, string To, string Body)
{
    /// <summary>Only needed for the sandbox number, which all accounts share.</summary>
    public string? AccountSid { get; init; }

    public string? ProfileName { get; init; }

    public string? ButtonText { get; init; }

    public string? ButtonPayload { get; init; }

    public string? RepliedMessageSid { get; init; }

    public IReadOnlyList<string> MediaUrls { get; init; } = [];

    public string MediaContentType { get; init; } = "image/jpeg";

    public double? Latitude { get; init; }

    public double? Longitude { get; init; }

    /// <summary>Any further parameters, or other values for the usual ones.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();
}

/// <param name="Sid">of the inbound message</param>
/// <param name="WebhookStatus">what the webhook answered; 0 for no answer, null when nothing was called</param>
/// <param name="UsedFallback">the fallback URL gave the answer</param>
/// <param name="Answer">the body of the answer, TwiML as a rule</param>
/// <param name="Replies">the texts that the recipient got back at once</param>
public sealed record InboundResult(string Sid, int? WebhookStatus, bool UsedFallback, string Answer, IReadOnlyList<string> Replies);
