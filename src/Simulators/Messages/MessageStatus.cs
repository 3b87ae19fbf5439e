namespace Relais.Simulators;

/// <summary>The statuses of a message, in the order of its life.</summary>
internal enum MessageStatus : byte
{
    Accepted,
    Scheduled,
    Queued,
    Sending,
    Sent,
    Delivered,
    Read,
    Undelivered,
    Failed,
    Canceled,
    Received,
}

internal static class MessageStatuses
{
    private static readonly string[] Names = [.. Enum.GetNames<MessageStatus>().Select(name => name.ToLowerInvariant())];

    /// <summary>The status as the API writes it: "delivered".</summary>
    public static string Wire(this MessageStatus status) => Names[(int)status];

    public static bool IsFinal(this MessageStatus status) => status
        is MessageStatus.Read or MessageStatus.Undelivered or MessageStatus.Failed or MessageStatus.Canceled or MessageStatus.Received;

    public static bool IsFailure(this MessageStatus status) =>
        status is MessageStatus.Undelivered or MessageStatus.Failed;
}

internal enum Direction : byte
{
    OutboundApi,
    OutboundReply,
    Inbound,
}
