namespace Relais.Channels.Twilio;

/// <summary>
/// What our handler saw of one SDK call. The SDK reports every transport failure alike and drops the status of an error
/// whose body is not JSON, so the truth is taken here. Flows with the call through an AsyncLocal.
/// </summary>
internal sealed class CallTrace
{
    private static readonly AsyncLocal<CallTrace?> Slot = new();

    public static CallTrace? Current => Slot.Value;

    /// <summary>The body began to be written: from here on the provider may have the request.</summary>
    public bool BytesLeft { get; set; }

    /// <summary>0: no answer.</summary>
    public int HttpStatus { get; set; }

    public static CallTrace Begin() => Slot.Value = new CallTrace();
}
