namespace Relais.Simulators;

/// <summary>One message as the provider keeps it. There may be hundreds of thousands: nothing here that can be computed.</summary>
internal sealed class Message
{
    public required string Sid { get; init; }

    public required long Number { get; init; }

    public required Sender Sender { get; init; }

    /// <summary>The other side: recipient, or author of an inbound message.</summary>
    public required string Contact { get; init; }

    public required Direction Direction { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the request came in; what the pace is judged by.</summary>
    public required long ArrivedMicroseconds { get; init; }

    public required Outcome Outcome { get; init; }

    public string Body { get; set; } = "";

    public string? StatusCallback { get; init; }

    public string? ServiceSid { get; init; }

    public byte Segments { get; init; } = 1;

    public byte Media { get; init; }

    public MessageStatus Status { get; set; }

    public int ErrorCode { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    public DateTimeOffset? SentAt { get; set; }

    /// <summary>Deleted by its account: the API does not know it any more, the simulator still counts it.</summary>
    public bool IsDeleted { get; set; }

    public bool IsOutbound => Direction != Direction.Inbound;

    public string From => IsOutbound ? Sender.Address : Contact;

    public string To => IsOutbound ? Contact : Sender.Address;
}
