namespace Relais.Platform.Queues;

/// <summary>Every queue of the product; docs/queues.md is its catalogue.</summary>
internal static class QueueNames
{
    /// <summary>A sender has due messages. Payload: sender id.</summary>
    public const string WakeSender = "wake-sender";

    /// <summary>A sender has messages of unknown outcome to ask the provider about. Payload: sender id.</summary>
    public const string ResolveUnknownOutcomes = "resolve-unknown-outcomes";

    /// <summary>A stored webhook event waits for its effect. Payload: event id.</summary>
    public const string ProcessWebhook = "process-webhook";

    /// <summary>An erasure has to look again for reports that were being stored when it was committed. Payload: recheck id.</summary>
    public const string RecheckErasure = "recheck-erasure";

    public static IReadOnlyList<string> All => [WakeSender, ResolveUnknownOutcomes, ProcessWebhook, RecheckErasure];
}
