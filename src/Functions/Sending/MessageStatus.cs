namespace Relais.Sending;

/// <summary>
/// The statuses of a message, as the database and the API name them. The SQL function <c>status_rank</c> orders them, and
/// <c>status_may_move</c> says which may follow another.
/// </summary>
internal static class MessageStatus
{
    public const string Pending = "pending";
    public const string Retry = "retry";
    public const string Claimed = "claimed";
    public const string Unknown = "unknown";
    public const string Accepted = "accepted";
    public const string Scheduled = "scheduled";
    public const string Queued = "queued";
    public const string Sending = "sending";
    public const string Sent = "sent";
    public const string Delivered = "delivered";
    public const string Read = "read";
    public const string Failed = "failed";
    public const string Undelivered = "undelivered";
    public const string Canceled = "canceled";
    public const string Expired = "expired";
    public const string Skipped = "skipped";
    public const string Received = "received";
}
