namespace Relais.Simulators;

/// <summary>A stored message. Holds nothing that can be computed, because a run may store hundreds of thousands of messages.</summary>
internal sealed class Message
{
    public required string Sid { get; init; }

    /// <summary>Index of the message in the store.</summary>
    public required long Number { get; init; }

    public required Sender Sender { get; init; }

    /// <summary>The contact: recipient of an outbound message, author of an inbound message.</summary>
    public required string Contact { get; init; }

    public required Direction Direction { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Time of the request on the simulator's monotonic clock. The pace report uses it.</summary>
    public required long ArrivedMicroseconds { get; init; }

    public required Outcome Outcome { get; init; }

    public string Body { get; set; } = "";

    public string? StatusCallback { get; init; }

    public string? ServiceSid { get; init; }

    public byte Segments { get; init; } = 1;

    /// <summary>Number of media files.</summary>
    public byte Media { get; init; }

    public MessageStatus Status { get; set; }

    /// <summary>Twilio error code; 0: none.</summary>
    public int ErrorCode { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    public DateTimeOffset? SentAt { get; set; }

    /// <summary>Deleted over the API: the API no longer returns the message, reports still count it.</summary>
    public bool IsDeleted { get; set; }

    public bool IsOutbound => Direction != Direction.Inbound;

    public string From => IsOutbound ? Sender.Address : Contact;

    public string To => IsOutbound ? Contact : Sender.Address;
}
