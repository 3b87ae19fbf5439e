namespace Relais.Channels;

/// <summary>The outcome of one call that sends a message.</summary>
internal abstract record SendOutcome
{
    /// <summary>The provider accepted the message under <paramref name="Sid"/>, with its first status.</summary>
    internal sealed record Accepted(string Sid, string Status) : SendOutcome;

    /// <summary>The provider refused the message. <see cref="SendErrorActions"/> decides by the code what to do next.</summary>
    internal sealed record Rejected(string Code, int HttpStatus) : SendOutcome;

    /// <summary>The request was certainly not sent.</summary>
    internal sealed record NotSent(string Code) : SendOutcome;

    /// <summary>The time limit for sending a claimed message passed before the request was sent. The message is requeued.</summary>
    internal sealed record SendDeadlinePassed : SendOutcome;

    /// <summary>
    /// The outcome is unknown: the provider may have accepted the message. Only a status report or the provider's list can tell.
    /// </summary>
    internal sealed record Unknown(string Code) : SendOutcome;
}
