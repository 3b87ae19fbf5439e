namespace Relais.Campaigns;

/// <summary>The names of the counters of a campaign. A counter of failures also has one of each error code: <c>failed:30003</c>.</summary>
internal static class CounterName
{
    public const string Planned = "planned";
    public const string Queued = "queued";
    public const string Sent = "sent";
    public const string Delivered = "delivered";
    public const string Read = "read";
    public const string Failed = "failed";
    public const string Canceled = "canceled";
    public const string Expired = "expired";
    public const string Skipped = "skipped";
    public const string Replied = "replied";
    public const string FollowedUp = "followed_up";
    public const string OptedOut = "opted_out";

    /// <summary>Stands before the name of a counter of Message 2.</summary>
    public const string FollowupPrefix = "followup_";
}
