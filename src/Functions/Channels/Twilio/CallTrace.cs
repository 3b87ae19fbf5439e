namespace Relais.Channels.Twilio;

/// <summary>
/// Records what happened on the wire during one SDK call. The SDK reports every transport failure alike, and loses the HTTP status of an
/// error whose body is not JSON. The trace reaches <see cref="TwilioHandler"/> through an AsyncLocal.
/// </summary>
internal sealed class CallTrace
{
    private static readonly AsyncLocal<CallTrace?> Slot = new();

    public static CallTrace? Current => Slot.Value;

    /// <summary>The time limit for sending had passed when a connection was available, so nothing was written.</summary>
    public bool SendDeadlinePassed { get; private set; }

    /// <summary>Writing of the body has begun, so Twilio may have received the request.</summary>
    public bool WriteStarted { get; private set; }

    /// <summary>The HTTP status of the answer; 0: there was none.</summary>
    public int HttpStatus { get; set; }

    private Func<bool>? CanStillSend { get; init; }

    /// <summary>Starts a trace for the SDK call that follows in this async flow.</summary>
    /// <param name="canStillSend">Called immediately before the body is written. False: the call is cancelled.</param>
    public static CallTrace Begin(Func<bool>? canStillSend = null) => Slot.Value = new CallTrace { CanStillSend = canStillSend };

    /// <summary>Called by the handler immediately before it writes the body.</summary>
    /// <exception cref="OperationCanceledException">The time limit for sending has passed.</exception>
    public void BeforeRequestIsWritten()
    {
        if (CanStillSend?.Invoke() == false)
        {
            SendDeadlinePassed = true;
            throw new OperationCanceledException("The time limit for sending the request has passed.");
        }

        WriteStarted = true;
    }
}
