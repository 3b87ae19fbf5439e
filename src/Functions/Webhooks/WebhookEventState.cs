namespace Relais.Webhooks;

/// <summary>The states of a stored webhook event.</summary>
internal static class WebhookEventState
{
    public const string Pending = "pending";
    public const string Done = "done";
    public const string Unmatched = "unmatched";
    public const string Ignored = "ignored";
    public const string Unrouted = "unrouted";
    public const string Failed = "failed";
}
