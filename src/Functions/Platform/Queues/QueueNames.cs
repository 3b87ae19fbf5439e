namespace Relais.Platform.Queues;

/// <summary>The names of all queues. docs/queues.md describes each of them.</summary>
internal static class QueueNames
{
    /// <summary>A sender has due messages. Payload: sender id.</summary>
    public const string WakeSender = "wake-sender";

    /// <summary>A sender has messages with an unknown outcome, which must be looked up at the provider. Payload: sender id.</summary>
    public const string ResolveUnknownOutcomes = "resolve-unknown-outcomes";

    /// <summary>A stored webhook event must be processed. Payload: event id.</summary>
    public const string ProcessWebhook = "process-webhook";

    /// <summary>An erasure must search again for status reports that were being stored at its commit. Payload: recheck id.</summary>
    public const string RecheckErasure = "recheck-erasure";

    public static IReadOnlyList<string> All => [WakeSender, ResolveUnknownOutcomes, ProcessWebhook, RecheckErasure];
}
