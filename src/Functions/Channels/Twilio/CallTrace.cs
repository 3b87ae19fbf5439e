namespace Relais.Channels.Twilio;

/// <summary>
/// What our handler saw of one SDK call. The SDK reports every transport failure alike and drops the status of an error
/// whose body is not JSON, so the truth is taken here. Flows with the call through an AsyncLocal.
/// </summary>
internal sealed class CallTrace
{
    private static readonly AsyncLocal<CallTrace?> Slot = new();

    public static CallTrace? Current => Slot.Value;

    /// <summary>Its time had passed when a connection was there: nothing was written.</summary>
    public bool NotSent { get; private set; }

    /// <summary>The body began to be written: from here on the provider may have the request.</summary>
    public bool RequestBytesWritten { get; private set; }

    /// <summary>0: no answer.</summary>
    public int HttpStatus { get; set; }

    private Func<bool>? CanStillSend { get; init; }

    /// <param name="canStillSend">Asked when the body is about to be written.</param>
    public static CallTrace Begin(Func<bool>? canStillSend = null) => Slot.Value = new CallTrace { CanStillSend = canStillSend };

    /// <exception cref="OperationCanceledException">It may not leave any more.</exception>
    public void MarkRequestSent()
    {
        if (CanStillSend?.Invoke() == false)
        {
            NotSent = true;
            throw new OperationCanceledException("The time to leave has passed.");
        }

        RequestBytesWritten = true;
    }
}
